//! The next status of an item, from its last one and its fate.

use jiff::Timestamp;

use crate::{
    api::{self, ActionItemStatus, Reason, State, limits, set_item_condition, whole_seconds},
    checks::Evidence,
    engine::Wanted,
};

use super::{Fate, clean};

/// The condition that `kubectl wait --for=condition=Resolved` asks for.
const RESOLVED: &str = "Resolved";
/// With the `spec`, of which the target's name may take 512 bytes, an item stays below 5 KiB.
const STATUS_BYTES: usize = 4096;

/// The status that an item should have now; `None` leaves it as it is.
///
/// Leaving scope, or a check being disabled, and coming back from that, change neither
/// `timesReopened` nor `openedAt`.
#[must_use]
pub fn next_status(
    last: Option<&ActionItemStatus>,
    fate: &Fate,
    owner: Option<&str>,
    now: Timestamp,
) -> Option<ActionItemStatus> {
    match (fate, last) {
        (Fate::Leave, _) | (Fate::Resolve(_), None) => None,
        (Fate::Resolve(_), Some(last)) if last.state == Some(State::Resolved) => None,
        (Fate::Resolve(reason), Some(last)) => Some(resolved(last, *reason, now)),
        (Fate::Open(wanted), last) => {
            let nothing = ActionItemStatus::default();
            Some(opened(last.unwrap_or(&nothing), wanted, owner, now))
        }
    }
}

fn opened(
    last: &ActionItemStatus,
    wanted: &Wanted,
    owner: Option<&str>,
    now: Timestamp,
) -> ActionItemStatus {
    let now_text = whole_seconds(now);
    let is_return = last.state == Some(State::Resolved) && last.opened_at.is_some();
    let is_quiet = last.state == Some(State::Resolved)
        && last.reason.as_deref().and_then(Reason::parse).is_some_and(is_out_of_sight);
    let starts_anew = last.opened_at.is_none() || (is_return && !is_quiet);
    let mut status = ActionItemStatus {
        state: Some(State::Open),
        reason: Some(Reason::Failing.as_str().to_owned()),
        policies: policies(wanted),
        severity: Some(wanted.severity),
        severity_rank: Some(wanted.severity.rank()),
        category: Some(wanted.check.category().to_owned()),
        message: Some(clean(&wanted.message, limits::MESSAGE)),
        remediation: Some(clean(wanted.check.remediation(), limits::REMEDIATION)),
        evidence: evidence(&wanted.evidence),
        evidence_truncated: wanted.evidence.len().saturating_sub(limits::EVIDENCE) as u32,
        owner: owner.map(|owner| clean(owner, limits::OWNER)),
        first_seen: last.first_seen.clone().or_else(|| Some(now_text.clone())),
        opened_at: if starts_anew { Some(now_text) } else { last.opened_at.clone() },
        times_reopened: last.times_reopened + u32::from(is_return && !is_quiet),
        resolved_at: None,
        exemption: None,
        source: last.source.clone(),
        due_at: None,
        notified: last.notified.clone(),
        conditions: last.conditions.clone(),
    };
    let reason = Reason::Failing.as_str();
    set_item_condition(&mut status.conditions, RESOLVED, false, reason, "the check fails", now);
    fit(&mut status);
    status
}

/// Drops evidence, last first, until the status fits.
fn fit(status: &mut ActionItemStatus) {
    let size = |status: &ActionItemStatus| serde_json::to_vec(status).map_or(0, |json| json.len());
    while !status.evidence.is_empty() && size(status) > STATUS_BYTES {
        status.evidence.pop();
        status.evidence_truncated += 1;
    }
}

/// Nothing happened to the object itself.
fn is_out_of_sight(reason: Reason) -> bool {
    matches!(reason, Reason::OutOfScope | Reason::CheckDisabled)
}

fn resolved(last: &ActionItemStatus, reason: Reason, now: Timestamp) -> ActionItemStatus {
    let mut status = ActionItemStatus {
        state: Some(State::Resolved),
        reason: Some(reason.as_str().to_owned()),
        evidence: Vec::new(),
        evidence_truncated: 0,
        exemption: None,
        due_at: None,
        resolved_at: Some(whole_seconds(now)),
        ..last.clone()
    };
    set_item_condition(&mut status.conditions, RESOLVED, true, reason.as_str(), story(reason), now);
    status
}

/// The reason as a sentence.
fn story(reason: Reason) -> &'static str {
    match reason {
        Reason::Fixed => "the object was read and passes the check",
        Reason::NoFinding => "there is no finding",
        Reason::TargetDeleted => "the object is gone",
        Reason::OutOfScope => "no policy with this check selects the object any more",
        Reason::CheckDisabled => "no policy asks for this check any more",
        Reason::Superseded => "the object has an owner now; findings are reported there",
        Reason::Failing | Reason::Dismissed | Reason::Exempted => "",
    }
}

fn policies(wanted: &Wanted) -> Vec<String> {
    wanted.policies.iter().take(limits::POLICIES).map(ToString::to_string).collect()
}

/// The first pieces of evidence, each part cut to its limit.
fn evidence(evidence: &[Evidence]) -> Vec<api::Evidence> {
    let value = |text: &str| (!text.is_empty()).then(|| clean(text, limits::EVIDENCE_VALUE));
    evidence
        .iter()
        .take(limits::EVIDENCE)
        .map(|Evidence { path, container, found, wanted }| api::Evidence {
            path: clean(path, limits::EVIDENCE_PATH),
            container: (!container.is_empty()).then(|| clean(container, 63)),
            found: value(found),
            wanted: value(wanted),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::Severity, checks};

    fn wanted() -> Wanted {
        Wanted {
            check: checks::find("privileged-container").unwrap().into(),
            severity: Severity::Critical,
            policies: vec!["baseline".into()],
            severities: vec![Severity::Critical],
            message: "container `web` is privileged".into(),
            evidence: vec![Evidence::at("/spec", "true", "not true")],
        }
    }

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    fn step(last: Option<&ActionItemStatus>, fate: &Fate, hour: i64) -> ActionItemStatus {
        next_status(last, fate, None, at(hour)).expect("the status changes")
    }

    fn open() -> Fate {
        Fate::Open(Box::new(wanted()))
    }

    #[test]
    fn opening_twice_changes_nothing() {
        let first = step(None, &open(), 1);
        assert_eq!(step(Some(&first), &open(), 2), first);
    }

    #[test]
    fn a_finding_that_returns_is_reopened_with_its_history() {
        let first = step(None, &open(), 1);
        let fixed = step(Some(&first), &Fate::Resolve(Reason::Fixed), 2);
        assert_eq!(fixed.resolved_at, Some(whole_seconds(at(2))));
        assert_eq!(next_status(Some(&fixed), &Fate::Resolve(Reason::Fixed), None, at(3)), None);
        let again = step(Some(&fixed), &open(), 4);
        assert_eq!(again.times_reopened, 1);
        assert_eq!(again.first_seen, Some(whole_seconds(at(1))));
        assert_eq!(again.opened_at, Some(whole_seconds(at(4))));
        assert_eq!(again.resolved_at, None);
    }

    #[test]
    fn leaving_scope_and_coming_back_changes_no_clock() {
        for reason in [Reason::OutOfScope, Reason::CheckDisabled] {
            let first = step(None, &open(), 1);
            let away = step(Some(&first), &Fate::Resolve(reason), 2);
            let again = step(Some(&away), &open(), 3);
            assert_eq!(again.times_reopened, 0);
            assert_eq!(again.opened_at, first.opened_at);
        }
    }

    #[test]
    fn an_item_without_a_finding_opens_for_the_first_time() {
        let pending = ActionItemStatus { state: Some(State::Pending), ..Default::default() };
        let none = step(Some(&pending), &Fate::Resolve(Reason::NoFinding), 1);
        let first = step(Some(&none), &open(), 2);
        assert_eq!(first.times_reopened, 0);
        assert_eq!(first.first_seen, Some(whole_seconds(at(2))));
    }

    #[test]
    fn evidence_is_cut_with_a_count() {
        let many = (0..30).map(|index| Evidence::at(format!("/{index}"), "x", "y")).collect();
        let fate = Fate::Open(Box::new(Wanted { evidence: many, ..wanted() }));
        let status = step(None, &fate, 1);
        assert_eq!((status.evidence.len(), status.evidence_truncated), (20, 10));
    }

    #[test]
    fn a_status_never_outgrows_its_limit() {
        let long = || Evidence::at("😀".repeat(200), "x".repeat(200), "y".repeat(200));
        let many = (0..20).map(|_| long()).collect();
        let fate = Fate::Open(Box::new(Wanted { evidence: many, ..wanted() }));
        let status = step(None, &fate, 1);
        assert!(serde_json::to_vec(&status).unwrap().len() <= STATUS_BYTES);
        assert_eq!(status.evidence.len() + status.evidence_truncated as usize, 20);
    }
}
