//! What the status of a policy says. Pure: the state of the controller in, a status out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    api::{
        AuditPolicyStatus, Coverage, Findings as Counts, RejectedCheck, State, limits,
        set_condition, whole_seconds,
    },
    engine::{Findings, MAX_POLICIES, Rejected, Rules, Score},
    items::{Book, Budget, Limits, clean},
    model::{Kind, KindSet},
};

use super::{
    policies::Followed,
    reading::{Reading, are_known},
};

/// What the numbers of a policy are counted from.
pub(super) struct Observed<'a> {
    pub(super) findings: &'a Findings,
    pub(super) book: &'a Book,
    pub(super) budget: &'a Budget,
    pub(super) readings: &'a BTreeMap<Kind, Reading>,
    /// Why items cannot be read, or written.
    pub(super) items_problem: Option<&'a str>,
    pub(super) write_problem: Option<&'a str>,
    /// What the definitions on the server lack, and what to do about it.
    pub(super) outdated: Option<&'a str>,
    /// Whether no write waits or runs.
    pub(super) is_written: bool,
}

impl Observed<'_> {
    /// Whether all items and all of these kinds are known, but for what cannot be read: numbers
    /// from half of the truth are not told.
    pub(super) fn is_settled(&self, kinds: KindSet) -> bool {
        self.book.is_complete()
            && self.budget.is_settled()
            && are_known(kinds, self.findings, self.readings)
    }
}

/// The status that a policy should have. Times of audits and of lists stand as they were at the
/// end of the last audit: a status that only tells the time is not written.
pub(super) fn status(
    name: &str,
    followed: &Followed,
    observed: &Observed<'_>,
    now: Timestamp,
) -> AuditPolicyStatus {
    let mut status = followed.status().cloned().unwrap_or_default();
    let generation = followed.generation();
    status.next_audit_at = followed.next_audit.map(whole_seconds).filter(|_| followed.is_active());
    status.rejected_checks = rejected(followed, observed.findings.rules());
    let position = observed.findings.rules().position(name);
    let told_before = status.findings.is_some();
    if let Some(position) = position
        && observed.is_settled(observed.findings.rules().kinds_of(position))
        && (observed.is_written || told_before)
    {
        let (counts, score) = count(name, position, observed, now);
        truncated(&mut status, name, followed, observed.budget, now);
        status.findings = Some(counts);
        status.score = score;
        status.unused_exemptions = remarks(name, position, observed, now);
    }
    let degraded = degraded(followed, observed, position);
    conditions(&mut status, followed, degraded.as_ref(), now);
    if followed.error.is_some() || !followed.is_active() {
        status.observed_generation = Some(generation);
    }
    status
}

/// The coverage of a policy, as it stands at the end of an audit.
pub(super) fn coverage(
    position: Option<usize>,
    findings: &Findings,
    readings: &BTreeMap<Kind, Reading>,
) -> Vec<Coverage> {
    let kinds = position.map(|position| findings.rules().kinds_of(position)).unwrap_or_default();
    let left_out = position.map(|position| left_out(position, findings)).unwrap_or_default();
    let one = |kind: Kind| {
        let reading = readings.get(&kind);
        Coverage {
            kind: qualified(kind),
            objects: findings.cluster().count(kind) as u64,
            last_complete_at: reading.and_then(|reading| reading.completed).map(whole_seconds),
            problem: reading
                .and_then(Reading::report)
                .or_else(|| left_out.get(&kind).cloned())
                .map(|problem| clean(&problem, limits::PROBLEM)),
        }
    };
    kinds.iter().map(one).take(limits::COVERAGE).collect()
}

/// The kinds of which not everything is kept whole that the checks of a policy want to look up.
fn left_out(position: usize, findings: &Findings) -> BTreeMap<Kind, String> {
    let (rules, contents) = (findings.rules(), findings.contents());
    let kinds = rules.policies().get(position).map(|policy| rules.kept_whole_for(policy));
    let missing = |kind: Kind| match contents.missing(kind) {
        0 => None,
        count => {
            let room = contents.room() >> 20;
            let text = format!(
                "{count} do not fit into the {room} MiB for whole objects (--whole-objects-mib): \
                 checks that look them up cannot know"
            );
            Some((kind, text))
        }
    };
    kinds.unwrap_or_default().iter().filter_map(missing).collect()
}

fn qualified(kind: Kind) -> String {
    match kind.group() {
        "" => kind.name().to_owned(),
        group => format!("{}.{group}", kind.name()),
    }
}

/// How many objects were judged for a policy, and how many pairs of object and check were answered.
pub(super) fn judged(name: &str, findings: &Findings) -> (u64, u64) {
    let Some(position) = findings.rules().position(name) else { return (0, 0) };
    let (mut objects, mut answered) = (0, 0);
    for (key, verdicts) in findings.selected_by(position) {
        let evaluations = findings.rules().evaluations(key.kind).iter().enumerate();
        let asked = evaluations.filter(|(_, asked)| asked.enabled_by.contains(position));
        let mut is_judged = false;
        for (index, evaluation) in asked {
            let verdicts = verdicts[evaluation.part() as usize];
            let index = index as u16;
            let is_answered = verdicts.passed(index) || verdicts.finding(index).is_some();
            answered += u64::from(is_answered);
            is_judged = true;
        }
        // Namespaces are kept whether a check looks at them or not.
        objects += u64::from(is_judged);
    }
    (objects, answered)
}

fn rejected(followed: &Followed, rules: &Rules) -> Vec<RejectedCheck> {
    let policy = followed.valid.iter().map(|valid| &valid.policy);
    let unread: Vec<_> = policy.clone().flat_map(|policy| rules.unread(policy)).collect();
    let told = |Rejected { id, reason, place }: &Rejected| RejectedCheck {
        id: clean(id, 63),
        reason: clean(reason, limits::PROBLEM),
        field: place.as_ref().map(|place| clean(&place.field, limits::FIELD)),
        line: place.as_ref().and_then(|place| place.position).map(|(line, _)| line),
        column: place.as_ref().and_then(|place| place.position).map(|(_, column)| column),
    };
    let rejected = policy.flat_map(|policy| &policy.rejected).chain(&unread).map(told);
    rejected.take(limits::REJECTED_CHECKS).collect()
}

/// Items by severity and state, findings below the floor, and the score.
fn count(
    name: &str,
    position: usize,
    observed: &Observed<'_>,
    now: Timestamp,
) -> (Counts, Option<u32>) {
    let mut counts = Counts::default();
    for (_, _, item) in observed.book.items() {
        if !item.status.policies.iter().any(|policy| policy == name) {
            continue;
        }
        match (item.status.state, item.status.severity) {
            (Some(State::Open), Some(severity)) => {
                *counts.open.of(severity) += 1;
                counts.overdue += u32::from(item.status.is_overdue(now));
            }
            (Some(State::Exempt), _) => counts.exempt += 1,
            (Some(State::Resolved), _) => counts.resolved += 1,
            _ => {}
        }
    }
    let rules = observed.findings.rules();
    let mut score = Score::default();
    for (key, verdicts) in observed.findings.selected_by(position) {
        counts.unmaterialised += rules.count(position, key.kind, verdicts, &mut score);
    }
    counts.unmaterialised += u32::try_from(observed.budget.cut_of(name)).unwrap_or(u32::MAX);
    (counts, score.percent())
}

/// Says whether there is room for every finding.
fn truncated(
    status: &mut AuditPolicyStatus,
    name: &str,
    followed: &Followed,
    budget: &Budget,
    now: Timestamp,
) {
    let Limits { total, namespace } = budget.limits();
    let (holds, reason, message) = match budget.cut_of(name) {
        0 => (false, "WithinBudget", "there is room for an item of every finding".to_owned()),
        cut => {
            let message = format!(
                "there is no room for items of {cut} findings, the least severe ones: there may be \
                 {total}, and {namespace} in one namespace"
            );
            (true, "OverBudget", message)
        }
    };
    let generation = Some(followed.generation());
    let conditions = &mut status.conditions;
    set_condition(conditions, "Truncated", holds, reason, &message, generation, now);
}

/// What is to be said about the exemptions of a policy.
fn remarks(name: &str, position: usize, observed: &Observed<'_>, now: Timestamp) -> Vec<String> {
    let exemptions = &observed.findings.rules().policies()[position].exemptions;
    if exemptions.is_empty() {
        return Vec::new();
    }
    let mut selected = vec![BTreeSet::new(); exemptions.len()];
    for (target, check, item) in observed.book.items() {
        let is_failing = matches!(item.status.state, Some(State::Open | State::Exempt));
        if !is_failing || !item.status.policies.iter().any(|policy| policy == name) {
            continue;
        }
        let category = item.status.category.as_deref().unwrap_or_default();
        let about = observed.findings.about(target);
        for (exemption, targets) in exemptions.iter().zip(&mut selected) {
            if exemption.selects(check, category, about) {
                targets.insert(target);
            }
        }
    }
    let pairs = exemptions.iter().zip(selected);
    let remarks = pairs.filter_map(|(exemption, targets)| exemption.remark(targets.len(), now));
    let remarks = remarks.map(|remark| clean(&remark, limits::UNUSED_EXEMPTION));
    remarks.take(limits::UNUSED_EXEMPTIONS).collect()
}

/// Why not everything can be read or done; the reason and the sentence. What hurts most comes first:
/// findings that are missed, then items that cannot be kept, then a policy that waits, and last fields
/// that are left out since the definitions are older.
fn degraded(
    followed: &Followed,
    observed: &Observed<'_>,
    position: Option<usize>,
) -> Option<(&'static str, String)> {
    if let Some(problem) = unreadable(observed, position) {
        return Some(("KindUnreadable", problem));
    }
    let left_out = position.map(|position| left_out(position, observed.findings));
    if let Some((kind, problem)) = left_out.unwrap_or_default().first_key_value() {
        return Some(("ObjectsLeftOut", format!("{kind}: {problem}")));
    }
    if let Some(problem) = observed.items_problem {
        return Some(("ItemsUnreadable", format!("ActionItem: {problem}")));
    }
    if let Some(problem) = observed.write_problem {
        return Some(("ItemsNotWritable", problem.to_owned()));
    }
    if followed.is_excess {
        let message = format!("{MAX_POLICIES} older policies are active; join or suspend some");
        return Some(("TooManyPolicies", message));
    }
    observed.outdated.map(|problem| ("CRDOutdated", problem.to_owned()))
}

/// The first kind that cannot be read and should be, and how many more there are.
fn unreadable(observed: &Observed<'_>, position: Option<usize>) -> Option<String> {
    let kinds = position.map(|position| observed.findings.rules().kinds_of(position));
    let kinds = kinds.unwrap_or_default();
    // Without the namespaces it is not known what is selected.
    let namespaces = position.map(|_| Kind::Namespace).filter(|kind| !kinds.contains(*kind));
    let unreadable: Vec<_> = kinds
        .iter()
        .chain(namespaces)
        .filter_map(|kind| Some((kind, observed.readings.get(&kind)?)))
        .filter(|(_, reading)| !reading.is_not_granted)
        .filter_map(|(kind, reading)| Some((kind, reading.problem.as_ref()?)))
        .collect();
    let (kind, problem) = unreadable.first()?;
    let others = match unreadable.len() {
        1 => String::new(),
        count => format!(" (and {} more kinds)", count - 1),
    };
    Some(format!("{kind}: {problem}{others}"))
}

fn conditions(
    status: &mut AuditPolicyStatus,
    followed: &Followed,
    degraded: Option<&(&'static str, String)>,
    now: Timestamp,
) {
    let generation = Some(followed.generation());
    let is_stalled = followed.error.is_some();
    let is_suspended = followed.object.spec.suspend;
    let is_audited = followed.is_audited();
    let high = status.findings.as_ref().map_or(0, |counts| counts.open.critical + counts.open.high);
    let mut set = |kind, holds: bool, reason, message: &str| {
        let message = clean(message, limits::CONDITION_MESSAGE);
        set_condition(&mut status.conditions, kind, holds, reason, &message, generation, now);
    };
    match (&followed.error, is_suspended, is_audited) {
        (Some(error), ..) => {
            let kept = match followed.valid {
                Some(_) => "; the last valid version stays in force",
                None => "; items that name this policy stay as they are",
            };
            set("Stalled", true, "InvalidSpec", &format!("{error}{kept}"));
            set("Ready", false, "InvalidSpec", error);
            set("Reconciling", false, "InvalidSpec", "waits for a valid spec");
        }
        (None, true, _) => {
            set("Stalled", false, "Valid", "the spec is valid");
            set("Ready", true, "Suspended", "suspended: nothing is audited for this policy");
            set("Reconciling", false, "Suspended", "suspended");
        }
        (None, false, _) if followed.is_excess => {
            set("Stalled", false, "Valid", "the spec is valid");
            set("Ready", false, "TooManyPolicies", "too many policies are active: this one is not");
            set("Reconciling", false, "TooManyPolicies", "waits for its turn");
        }
        (None, false, true) => {
            set("Stalled", false, "Valid", "the spec is valid");
            set("Ready", true, "Audited", "the cluster is audited as the policy says");
            set("Reconciling", false, "Audited", "this version of the policy has been audited");
        }
        (None, false, false) => {
            set("Stalled", false, "Valid", "the spec is valid");
            set("Ready", false, "Reading", "the first audit of this version is running");
            set("Reconciling", true, "Reading", "the first audit of this version is running");
        }
    }
    match degraded {
        Some((reason, message)) => set("Degraded", true, reason, message),
        None => set("Degraded", false, "Complete", "everything that is asked for can be read"),
    }
    if is_audited && !is_stalled && !is_suspended && status.findings.is_some() {
        match high {
            0 => set("Compliant", true, "NoFindings", "no open finding is critical or high"),
            count => {
                let message = format!("{count} open findings are critical or high");
                set("Compliant", false, "OpenFindings", &message);
            }
        }
    }
}
