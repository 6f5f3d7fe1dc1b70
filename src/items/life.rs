//! The next status of an item, from its last one and its fate.

use jiff::Timestamp;

use crate::{
    api::{
        self, ActionItemStatus, ExemptionInForce, ExemptionOrigin, Reason, State, Time, limits,
        set_item_condition, whole_seconds,
    },
    checks::Evidence,
    engine::{Acceptance, Accepted, Wanted},
};

use super::{Failing, Fate, clean};

/// The condition that `kubectl wait --for=condition=Resolved` asks for.
const RESOLVED: &str = "Resolved";
/// With the `spec`, of which the target's name may take 512 bytes, an item stays below 5 KiB.
const STATUS_BYTES: usize = 4096;

/// The status that an item should have now; `None` leaves it as it is.
///
/// Leaving scope, or a check being disabled, and coming back from that, change neither
/// `timesReopened` nor `openedAt`. An exemption that ends restarts `openedAt`, and is no return.
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
        (Fate::Fail(failing), last) => {
            let nothing = ActionItemStatus::default();
            Some(failed(last.unwrap_or(&nothing), failing, owner, now))
        }
    }
}

/// The status of an item whose check fails: open, or exempt while the finding is accepted.
fn failed(
    last: &ActionItemStatus,
    failing: &Failing,
    owner: Option<&str>,
    now: Timestamp,
) -> ActionItemStatus {
    let Failing { wanted, acceptance, due, source } = failing;
    let is_return = last.state == Some(State::Resolved) && last.opened_at.is_some();
    let is_quiet = last.state == Some(State::Resolved)
        && last.reason.as_deref().and_then(Reason::parse).is_some_and(is_out_of_sight);
    let reason = reason(acceptance);
    let is_open = reason == Reason::Failing;
    let is_reopened = is_open && is_return && !is_quiet;
    let starts_anew = is_reopened || last.opened_at.is_none() || last.state == Some(State::Exempt);
    let opened_at =
        if is_open && starts_anew { Some(whole_seconds(now)) } else { last.opened_at.clone() };
    let due_at = |opened: &Time| Some(whole_seconds(opened.0.checked_add((*due)?).ok()?));
    let mut status = ActionItemStatus {
        state: Some(reason.state()),
        reason: Some(reason.as_str().to_owned()),
        owner: owner.map(|owner| clean(owner, limits::OWNER)),
        first_seen: last.first_seen.clone().or_else(|| Some(whole_seconds(now))),
        due_at: opened_at.as_ref().filter(|_| is_open).and_then(due_at),
        opened_at,
        times_reopened: last.times_reopened + u32::from(is_reopened),
        exemption: acceptance.in_force.as_ref().map(|known| in_force(known, last, now)),
        self_accepted: acceptance.own.clone(),
        source: if is_failing(last) { last.source.clone() } else { source.clone() },
        notified: last.notified.clone(),
        conditions: last.conditions.clone(),
        ..found(wanted, acceptance)
    };
    let (kind, story) = (reason.as_str(), story(reason));
    set_item_condition(&mut status.conditions, RESOLVED, false, kind, story, now);
    fit(&mut status);
    status
}

/// Whether the check of an item fails, accepted or not, as far as its status says.
#[must_use]
pub fn is_failing(status: &ActionItemStatus) -> bool {
    matches!(status.state, Some(State::Open | State::Exempt))
}

/// The part of a status that tells what was found.
fn found(wanted: &Wanted, acceptance: &Acceptance) -> ActionItemStatus {
    ActionItemStatus {
        policies: policies(wanted),
        severity: Some(acceptance.severity),
        severity_rank: Some(acceptance.severity.rank()),
        category: Some(wanted.check.category().to_owned()),
        message: Some(message(wanted, acceptance)),
        remediation: Some(clean(wanted.check.remediation(), limits::REMEDIATION)),
        evidence: evidence(&wanted.evidence),
        evidence_truncated: wanted.evidence.len().saturating_sub(limits::EVIDENCE) as u32,
        ..ActionItemStatus::default()
    }
}

/// Why the item of a failing check is open, or exempt.
fn reason(acceptance: &Acceptance) -> Reason {
    match acceptance.in_force.as_ref().map(|known| known.origin) {
        None => Reason::Failing,
        Some(ExemptionOrigin::Decision) => Reason::Dismissed,
        Some(ExemptionOrigin::Policy | ExemptionOrigin::Annotation) => Reason::Exempted,
    }
}

/// The fact, and why what people wrote about it does not count.
fn message(wanted: &Wanted, acceptance: &Acceptance) -> String {
    let Some(problem) = &acceptance.problem else { return clean(&wanted.message, limits::MESSAGE) };
    let problem = clean(problem, limits::MESSAGE / 2);
    let fact = clean(&wanted.message, limits::MESSAGE - problem.len() - "; ".len());
    format!("{fact}; {problem}")
}

/// The exemption in force; the same one keeps its beginning.
fn in_force(accepted: &Accepted, last: &ActionItemStatus, now: Timestamp) -> ExemptionInForce {
    let Accepted { origin, reason, note, until } = accepted;
    let mut exemption = ExemptionInForce {
        from: Some(origin.as_str().to_owned()),
        reason: reason.map(|reason| reason.as_str().to_owned()),
        note: note.as_ref().map(|note| clean(note, limits::EXEMPTION_NOTE)),
        since: last.exemption.as_ref().and_then(|known| known.since.clone()),
        until: until.map(whole_seconds),
    };
    if last.exemption.as_ref() != Some(&exemption) || exemption.since.is_none() {
        exemption.since = Some(whole_seconds(now));
    }
    exemption
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
        Reason::Failing => "the check fails",
        Reason::Dismissed => "the check fails, and somebody has decided to accept that",
        Reason::Exempted => "the check fails, and an exemption accepts that",
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
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        api::{Severity, Source},
        checks,
    };

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

    fn failing(wanted: Wanted, in_force: Option<Accepted>) -> Fate {
        let severity = wanted.severity;
        let acceptance = Acceptance { in_force, ended: None, severity, problem: None, own: None };
        Fate::Fail(Box::new(Failing {
            wanted,
            acceptance,
            due: Some(SignedDuration::from_hours(72)),
            source: None,
        }))
    }

    fn open() -> Fate {
        failing(wanted(), None)
    }

    fn exempt(note: &str) -> Fate {
        let accepted = Accepted {
            origin: ExemptionOrigin::Decision,
            reason: None,
            note: Some(note.into()),
            until: None,
        };
        failing(wanted(), Some(accepted))
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
    fn an_exemption_that_ends_starts_the_clock_and_is_no_return() {
        let first = step(None, &open(), 1);
        assert_eq!(first.due_at, Some(whole_seconds(at(73))));
        let dismissed = step(Some(&first), &exempt("x"), 2);
        assert_eq!((dismissed.state, &dismissed.due_at), (Some(State::Exempt), &None));
        assert_eq!(dismissed.exemption.as_ref().unwrap().since, Some(whole_seconds(at(2))));
        assert_eq!(step(Some(&dismissed), &exempt("x"), 3), dismissed);
        let other = step(Some(&dismissed), &exempt("y"), 3);
        assert_eq!(other.exemption.as_ref().unwrap().since, Some(whole_seconds(at(3))));
        let again = step(Some(&other), &open(), 4);
        assert_eq!((again.state, again.times_reopened), (Some(State::Open), 0));
        assert_eq!(again.opened_at, Some(whole_seconds(at(4))));
        assert_eq!(again.due_at, Some(whole_seconds(at(76))));
        assert_eq!(again.exemption, None);
    }

    #[test]
    fn what_does_not_count_is_said() {
        let Fate::Fail(mut failing) = open() else { unreachable!() };
        failing.acceptance.problem = Some("decision: policy `a` asks for a note".to_owned());
        let told = step(None, &Fate::Fail(failing.clone()), 1).message.unwrap();
        assert_eq!(told, "container `web` is privileged; decision: policy `a` asks for a note");
        failing.acceptance.problem = Some("ä".repeat(500));
        failing.wanted.message = "ö".repeat(500).into();
        let told = step(None, &Fate::Fail(failing), 1).message.unwrap();
        assert!(told.len() <= limits::MESSAGE && told.contains("; ä"), "{told}");
    }

    #[test]
    fn the_source_is_that_of_the_opening() {
        let from = |path: &str| {
            let Fate::Fail(failing) = open() else { unreachable!() };
            let source = Some(Source { path: Some(path.to_owned()), ..Source::default() });
            Fate::Fail(Box::new(Failing { source, ..*failing }))
        };
        let path = |status: &ActionItemStatus| status.source.clone().unwrap().path.unwrap();
        let first = step(None, &from("a"), 1);
        assert_eq!(path(&first), "a");
        assert_eq!(step(Some(&first), &from("b"), 2), first);
        assert_eq!(step(Some(&first), &open(), 2), first);
        assert_eq!(path(&step(Some(&first), &exempt("x"), 2)), "a");
        let fixed = step(Some(&first), &Fate::Resolve(Reason::Fixed), 2);
        assert_eq!(path(&fixed), "a");
        assert_eq!(path(&step(Some(&fixed), &from("b"), 3)), "b");
    }

    #[test]
    fn evidence_is_cut_with_a_count() {
        let many = (0..30).map(|index| Evidence::at(format!("/{index}"), "x", "y")).collect();
        let fate = failing(Wanted { evidence: many, ..wanted() }, None);
        let status = step(None, &fate, 1);
        assert_eq!((status.evidence.len(), status.evidence_truncated), (20, 10));
    }

    #[test]
    fn a_status_never_outgrows_its_limit() {
        let long = || Evidence::at("😀".repeat(200), "x".repeat(200), "y".repeat(200));
        let many = (0..20).map(|_| long()).collect();
        let fate = failing(Wanted { evidence: many, ..wanted() }, None);
        let status = step(None, &fate, 1);
        assert!(serde_json::to_vec(&status).unwrap().len() <= STATUS_BYTES);
        assert_eq!(status.evidence.len() + status.evidence_truncated as usize, 20);
    }
}
