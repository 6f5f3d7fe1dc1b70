//! What is to become of an item, from what is known of its target. Closing asks for evidence.

use jiff::SignedDuration;

use crate::{
    api::{ActionItemStatus, Reason, Source, State},
    engine::{Acceptance, Standing, Wanted},
};

/// What is known of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It was read and judged.
    Judged,
    /// A complete list, or an unbroken watch, says that it is gone.
    Deleted,
    /// It has an owner now, and is judged there.
    Superseded,
    /// Nothing is known: not read yet, or not readable.
    Unread,
}

/// A check that fails, as policies and people see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failing {
    /// What was found.
    pub wanted: Wanted,
    /// Whether that is accepted.
    pub acceptance: Acceptance,
    /// How long it may stay open.
    pub due: Option<SignedDuration>,
    /// What deploys the target, where it is asked for: when the finding begins.
    pub source: Option<Source>,
}

/// What is to become of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It is, or becomes, open, or exempt.
    Fail(Box<Failing>),
    /// It is, or becomes, resolved.
    Resolve(Reason),
    /// It stays as it is.
    Leave,
}

/// Decides over a check and a target. `is_held` says of a policy that its items stay as they are
/// for now: it is suspended, invalid, or cannot have this check. `weigh` says how policies and people
/// see a finding.
#[must_use]
pub fn fate(
    presence: Presence,
    standing: Standing,
    item: Option<&ActionItemStatus>,
    is_held: impl Fn(&str) -> bool,
    weigh: impl FnOnce(Wanted) -> Failing,
) -> Fate {
    let held = || item.is_some_and(|status| status.policies.iter().any(|policy| is_held(policy)));
    match (presence, standing) {
        (Presence::Deleted, _) => resolve(item, Reason::TargetDeleted),
        (Presence::Superseded, _) => resolve(item, Reason::Superseded),
        (Presence::Judged, Standing::Wanted(wanted)) => Fate::Fail(Box::new(weigh(*wanted))),
        (Presence::Judged, Standing::Clean) if !held() => resolve(item, Reason::Fixed),
        (Presence::Judged, Standing::OutOfScope) if !held() => resolve(item, Reason::OutOfScope),
        (_, Standing::NotAsked) if !held() => resolve(item, Reason::CheckDisabled),
        _ => Fate::Leave,
    }
}

/// An item that nobody ever opened has no finding, whatever the reason.
fn resolve(item: Option<&ActionItemStatus>, reason: Reason) -> Fate {
    let is_pending = |status: &ActionItemStatus| {
        matches!(status.state, None | Some(State::Pending)) && status.opened_at.is_none()
    };
    match item {
        Some(status) if is_pending(status) => Fate::Resolve(Reason::NoFinding),
        _ => Fate::Resolve(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_item() -> ActionItemStatus {
        ActionItemStatus {
            state: Some(State::Open),
            policies: vec!["baseline".to_owned()],
            opened_at: Some(crate::api::whole_seconds(jiff::Timestamp::UNIX_EPOCH)),
            ..ActionItemStatus::default()
        }
    }

    fn decide(
        presence: Presence,
        standing: Standing,
        item: Option<&ActionItemStatus>,
        is_held: bool,
    ) -> Fate {
        fate(presence, standing, item, |_| is_held, |wanted| unreachable!("{wanted:?} fails"))
    }

    #[test]
    fn nothing_closes_without_evidence() {
        let item = open_item();
        let decide = |presence, standing| decide(presence, standing, Some(&item), false);
        let unknown = || Standing::Unknown("no list".to_owned());
        assert_eq!(decide(Presence::Judged, unknown()), Fate::Leave);
        assert_eq!(decide(Presence::Unread, Standing::Clean), Fate::Leave);
        assert_eq!(decide(Presence::Unread, Standing::OutOfScope), Fate::Leave);
    }

    #[test]
    fn each_proof_has_its_reason() {
        let item = open_item();
        for (presence, standing, reason) in [
            (Presence::Judged, Standing::Clean, Reason::Fixed),
            (Presence::Judged, Standing::OutOfScope, Reason::OutOfScope),
            (Presence::Judged, Standing::NotAsked, Reason::CheckDisabled),
            (Presence::Unread, Standing::NotAsked, Reason::CheckDisabled),
            (Presence::Deleted, Standing::Clean, Reason::TargetDeleted),
            (Presence::Superseded, Standing::Clean, Reason::Superseded),
        ] {
            let decided = decide(presence, standing, Some(&item), false);
            assert_eq!(decided, Fate::Resolve(reason));
        }
    }

    #[test]
    fn items_of_a_held_policy_stay() {
        let item = open_item();
        let judged = |standing| decide(Presence::Judged, standing, Some(&item), true);
        assert_eq!(judged(Standing::NotAsked), Fate::Leave);
        assert_eq!(judged(Standing::OutOfScope), Fate::Leave);
        // Others may have judged with other parameters.
        assert_eq!(judged(Standing::Clean), Fate::Leave);
        let gone = decide(Presence::Deleted, Standing::Clean, Some(&item), true);
        assert_eq!(gone, Fate::Resolve(Reason::TargetDeleted));
    }

    #[test]
    fn an_item_that_was_never_open_has_no_finding() {
        let item = ActionItemStatus { state: Some(State::Pending), ..Default::default() };
        let decided = decide(Presence::Judged, Standing::Clean, Some(&item), false);
        assert_eq!(decided, Fate::Resolve(Reason::NoFinding));
    }
}
