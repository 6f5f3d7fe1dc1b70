//! Keeps the status of each policy, and writes it when it says something new.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinError;

use crate::api::AuditPolicy;

use super::{
    auditor::{Auditor, STATUS_INTERVAL},
    summary,
};

/// A status that cannot be written is tried again after this.
const STATUS_PAUSE: Duration = Duration::from_secs(10);

impl Auditor {
    pub(super) fn refresh_statuses(&mut self, now: Timestamp) {
        if !self.status_is_stale || self.status_checked.elapsed() < STATUS_INTERVAL {
            return;
        }
        // Numbers are only told when they have come to rest.
        self.status_is_stale = !self.is_at_rest();
        self.status_checked = Instant::now();
        self.tell_counts(now);
        let observed = summary::Observed {
            findings: &self.findings,
            book: &self.book,
            budget: &self.sharing.budget,
            readings: &self.readings,
            items_problem: self.items_problem.as_deref(),
            write_problem: self.writes.problem.as_deref(),
            is_written: self.is_at_rest(),
        };
        // Once everything has been read it stays so: later audits read again what is known.
        if self.audits.is_empty() && observed.is_settled(self.findings.rules().kinds()) {
            self.readiness.set(true);
        }
        let mut changed = Vec::new();
        for (name, followed) in &self.policies.followed {
            let status = summary::status(name, followed, &observed, now);
            let is_news = Some(&status) != followed.object.status.as_ref();
            if is_news && followed.lost.is_none() && !self.status_in_flight.contains(name) {
                changed.push((name.clone(), status));
            }
        }
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

    fn is_at_rest(&self) -> bool {
        self.writes.is_idle() && self.sources.is_idle()
    }

    /// Tells how many items there are, and how much of the room for whole objects is taken.
    fn tell_counts(&self, now: Timestamp) {
        self.metrics.set_items(&self.book.counts());
        let overdue = self.book.items().filter(|(_, _, item)| item.status.is_overdue(now)).count();
        let contents = self.findings.contents();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.metrics.overdue.set(number(overdue));
        self.metrics.findings_cut.set(number(self.sharing.budget.cut()));
        self.metrics.whole_objects_bytes.set(number(contents.taken()));
        self.metrics.whole_objects_limit.set(number(contents.room()));
        self.metrics.whole_objects_left_out.set(number(contents.all_missing()));
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
                    self.status_checked = Instant::now() + STATUS_PAUSE;
                }
            }
        }
    }
}
