//! Full audits: when they are due, what they wait for, what they leave behind.

use std::time::Instant;

use jiff::Timestamp;

use crate::{
    api::{AuditPolicyStatus, LastAudit, whole_seconds},
    model::{Kind, KindSet},
};

use super::{auditor::Auditor, reading::Audit, summary};

impl Auditor {
    pub(super) fn start_due_audits(&mut self, now: Timestamp) {
        let due: Vec<(String, &'static str, Option<String>)> = self
            .policies
            .followed
            .iter()
            .filter(|(name, followed)| followed.is_active() && !self.audits.contains_key(*name))
            .filter_map(|(name, followed)| {
                if let Some(request) = followed.request() {
                    return Some((name.clone(), "request", Some(request)));
                }
                let is_due = followed.next_audit.is_some_and(|next| next <= now);
                is_due.then(|| (name.clone(), "schedule", None))
            })
            .collect();
        if due.is_empty() {
            return;
        }
        let of_custom_owners = self.book.targets().filter(|target| target.key().is_none()).cloned();
        of_custom_owners
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|target| self.findings.touch(target));
        let mut kinds = KindSet::default();
        for (name, trigger, request) in due {
            let needed = self.kinds_of(&name);
            needed.iter().for_each(|kind| kinds.insert(kind));
            self.start_audit(&name, trigger, request, now, needed);
        }
        self.converge(kinds);
    }

    pub(super) fn kinds_of(&self, name: &str) -> KindSet {
        let rules = self.findings.rules();
        rules.position(name).map(|position| rules.kinds_of(position)).unwrap_or_default()
    }

    /// Notes that an audit runs. It waits for the kinds that are being read again, and for those
    /// that were never read.
    pub(super) fn start_audit(
        &mut self,
        name: &str,
        trigger: &'static str,
        request: Option<String>,
        now: Timestamp,
        reread: KindSet,
    ) {
        let is_waited_for =
            |kind: &Kind| reread.contains(*kind) || !self.findings.cluster().is_complete(*kind);
        // Without the namespaces it is not known what is selected.
        let needed = self.kinds_of(name).iter().chain([Kind::Namespace]);
        let waiting = needed.filter(is_waited_for).collect();
        let started = Instant::now();
        let audit =
            Audit { trigger, request, started_at: now, started, waiting, must_be_new: reread };
        tracing::info!(policy = name, trigger, "audit started");
        self.audits.insert(name.to_owned(), audit);
        self.definitions.audit_started();
    }

    pub(super) fn finish_audits(&mut self, now: Timestamp) {
        let done: Vec<String> = self
            .audits
            .iter()
            .filter(|(_, audit)| audit.is_done())
            .map(|(name, _)| name.clone())
            .collect();
        for name in done {
            if let Some(audit) = self.audits.remove(&name) {
                self.finish_audit(&name, audit, now);
            }
        }
    }

    pub(super) fn finish_audit(&mut self, name: &str, audit: Audit, now: Timestamp) {
        let position = self.findings.rules().position(name);
        let coverage = summary::coverage(position, &self.findings, &self.readings);
        let (objects, evaluations) = summary::judged(name, &self.findings);
        let Some(followed) = self.policies.followed.get_mut(name) else { return };
        let mut status = followed.status().cloned().unwrap_or_default();
        status.observed_generation = followed.object.metadata.generation;
        status.coverage = coverage;
        status.last_audit = Some(LastAudit {
            trigger: audit.trigger.to_owned(),
            started_at: Some(whole_seconds(audit.started_at)),
            completed_at: Some(whole_seconds(now)),
            objects,
            evaluations,
        });
        if audit.request.is_some() {
            status.last_handled_request = audit.request;
        }
        let is_complete = is_complete(&status);
        followed.audited = Some(status);
        followed.plan_audit(now);
        let seconds = audit.started.elapsed().as_secs_f64();
        tracing::info!(policy = name, audit.trigger, objects, evaluations, seconds, "audit done");
        self.metrics.audits.ended(name, audit.trigger, seconds, is_complete);
        self.status_is_stale = true;
    }
}

/// Whether the last full audit could read everything that it may read by default.
pub(super) fn is_complete(status: &AuditPolicyStatus) -> bool {
    let is_granted = |kind: &str| !Kind::find("", kind).is_some_and(Kind::needs_grant);
    let mut asked = status.coverage.iter().filter(|coverage| is_granted(&coverage.kind));
    asked.all(|coverage| coverage.problem.is_none())
}
