//! Keeps the status of each policy, and writes it when it says something new.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinError;

use crate::{
    api::{AuditPolicy, AuditPolicyStatus},
    metrics::{PolicyFigures, Tally},
};

use super::{
    auditor::{Auditor, STATUS_INTERVAL},
    audits::is_complete,
    policies::Followed,
    summary,
};

/// A status that cannot be written is tried again after this.
const STATUS_PAUSE: Duration = Duration::from_secs(10);

/// Whether the counts of the metrics are out of date, and when they may be counted again.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) is_stale: bool,
    pub(super) next: Instant,
}

impl Auditor {
    pub(super) fn refresh_statuses(&mut self, now: Timestamp) {
        let started = Instant::now();
        if !self.status_is_stale || self.status_next > started {
            return;
        }
        // Numbers are only told when they have come to rest.
        self.status_is_stale = !self.is_at_rest();
        self.counts.is_stale = true;
        let observed = summary::Observed {
            findings: &self.findings,
            book: &self.book,
            budget: &self.sharing.budget,
            readings: &self.readings,
            items_problem: self.items_problem.as_deref(),
            write_problem: self.writes.problem.as_deref(),
            outdated: self.definitions.problem(),
            is_written: self.is_at_rest(),
        };
        // Once everything has been read it stays so: later audits read again what is known.
        if self.audits.is_empty() && observed.is_settled(self.findings.rules().kinds()) {
            self.readiness.set(true);
        }
        let changed = self.changed(&observed, now);
        // In a large cluster so seldom that it takes a tenth of the time at most.
        self.status_next = Instant::now() + STATUS_INTERVAL.max(started.elapsed() * 10);
        for (name, status) in changed {
            self.status_in_flight.insert(name.clone());
            let writer = self.writer.clone();
            let version = self.policies.version_of(&name);
            self.status_writes.spawn(async move {
                let result = writer.set_policy_status(&name, version.as_deref(), &status).await;
                (name, result)
            });
        }
    }

    /// The statuses that say something new.
    fn changed(
        &self,
        observed: &summary::Observed<'_>,
        now: Timestamp,
    ) -> Vec<(String, AuditPolicyStatus)> {
        let mut changed = Vec::new();
        for (name, followed) in &self.policies.followed {
            let started = Instant::now();
            let status = summary::status(name, followed, observed, now);
            let status = self.definitions.policies().left_out_of(status);
            let is_news = Some(&status) != followed.object.status.as_ref();
            self.metrics.audits.decided("policy", is_news, started.elapsed());
            self.metrics.audits.tell(figures(name, followed, &status));
            if is_news && followed.lost.is_none() && !self.status_in_flight.contains(name) {
                changed.push((name.clone(), status));
            }
        }
        changed
    }

    fn is_at_rest(&self) -> bool {
        self.writes.is_idle() && self.sources.is_idle()
    }

    /// Tells how many items there are, and how much of the room for whole objects is taken; so seldom
    /// that counting takes a twentieth of the time at most.
    pub(super) fn tell_counts(&mut self, now: Timestamp) {
        if !self.counts.is_stale || self.counts.next > Instant::now() {
            return;
        }
        let started = Instant::now();
        let mut items = Tally::default();
        for (target, check, item) in self.book.items() {
            items.add(self.book.namespace_of(target), check, &item.status, now);
        }
        let which = self.setting.metrics_namespaces;
        self.metrics.tell(&items, &self.findings.unanswered(), which, now);
        let contents = self.findings.contents();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.metrics.items.cut.set(number(self.sharing.budget.cut()));
        let reading = &self.metrics.reading;
        reading.whole_objects_bytes.set(number(contents.taken()));
        reading.whole_objects_limit.set(number(contents.room()));
        reading.whole_objects_left_out.set(number(contents.all_missing()));
        let next = Instant::now() + STATUS_INTERVAL.max(started.elapsed() * 20);
        self.counts = Counts { is_stale: false, next };
    }

    pub(super) fn status_written(
        &mut self,
        done: Result<(String, Result<AuditPolicy, kube::Error>), JoinError>,
    ) {
        let (name, result) =
            done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        self.status_in_flight.remove(&name);
        match result {
            Ok(policy) => {
                if let Some(followed) = self.policies.followed.get_mut(&name) {
                    followed.told(policy);
                }
            }
            Err(error) => {
                tracing::debug!(policy = name, %error, "the status could not be written");
                self.status_is_stale = true;
                let is_outdated =
                    matches!(&error, kube::Error::Api(status) if status.is_conflict());
                if !is_outdated {
                    self.definitions.doubt();
                    self.status_next = Instant::now() + STATUS_PAUSE;
                }
            }
        }
    }
}

/// What the metrics tell of a policy.
fn figures<'a>(
    name: &'a str,
    followed: &Followed,
    status: &AuditPolicyStatus,
) -> PolicyFigures<'a> {
    let last = followed.status().filter(|status| is_complete(status));
    let last = last.and_then(|status| status.last_audit.as_ref()?.completed_at.as_ref());
    PolicyFigures {
        name,
        last_success: last.map(|time| time.0),
        next: followed.next_audit.filter(|_| followed.is_active()),
        score: status.score,
    }
}
