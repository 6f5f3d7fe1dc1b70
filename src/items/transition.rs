//! What happens to an item from one status to the next, as people are told of it.

use jiff::Timestamp;

use crate::api::{ActionItemStatus, Reason, State};

/// Where an item stood before it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    state: Option<State>,
    rank: Option<u32>,
    opened: Option<Timestamp>,
    exempt_until: Option<Timestamp>,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The finding is new.
    Opened,
    /// The finding is back after it was fixed.
    Reopened,
    /// The finding has become more severe.
    Escalated,
    /// The finding is accepted.
    Exempted,
    /// The time is over for which the finding was accepted.
    ExemptionEnded,
    /// The finding is accepted no more, before that time was over.
    ExemptionWithdrawn,
    /// Nothing is left to do.
    Resolved,
}

impl Stage {
    /// Where an item of this status stands.
    #[must_use]
    pub fn of(status: &ActionItemStatus) -> Self {
        let until = status.exemption.as_ref().and_then(|exemption| exemption.until.as_ref());
        Self {
            state: status.state.filter(|state| *state != State::Pending),
            rank: status.severity_rank,
            opened: status.opened_at.as_ref().map(|time| time.0),
            exempt_until: until.map(|time| time.0),
        }
    }

    /// What has led from here to a status. Leaving the scope of policies, or a check being disabled,
    /// and coming back from that, is nothing to tell.
    #[must_use]
    pub fn transition(&self, status: &ActionItemStatus, now: Timestamp) -> Option<Transition> {
        let next = Self::of(status);
        match (self.state, next.state?) {
            (None, State::Open) => Some(Transition::Opened),
            (Some(State::Resolved), State::Open) if self.opened.is_none() => {
                Some(Transition::Opened)
            }
            (Some(State::Resolved), State::Open) => {
                (self.opened != next.opened).then_some(Transition::Reopened)
            }
            (Some(State::Exempt), State::Open) => Some(match self.exempt_until {
                Some(until) if until <= now => Transition::ExemptionEnded,
                _ => Transition::ExemptionWithdrawn,
            }),
            (Some(State::Open), State::Open) => {
                (next.rank < self.rank).then_some(Transition::Escalated)
            }
            (before, State::Exempt) => {
                (before != Some(State::Exempt)).then_some(Transition::Exempted)
            }
            (Some(State::Open | State::Exempt), State::Resolved) => {
                let reason = status.reason.as_deref().and_then(Reason::parse);
                let is_told = !matches!(reason, Some(Reason::OutOfScope | Reason::CheckDisabled));
                is_told.then_some(Transition::Resolved)
            }
            _ => None,
        }
    }
}

impl Transition {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Opened,
        Self::Reopened,
        Self::Escalated,
        Self::Exempted,
        Self::ExemptionEnded,
        Self::ExemptionWithdrawn,
        Self::Resolved,
    ];

    /// The reason of the event that tells of it.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Opened => "FindingOpened",
            Self::Reopened => "FindingReopened",
            Self::Escalated => "FindingEscalated",
            Self::Exempted => "FindingExempted",
            Self::ExemptionEnded => "ExemptionEnded",
            Self::ExemptionWithdrawn => "ExemptionWithdrawn",
            Self::Resolved => "FindingResolved",
        }
    }

    /// Whether something is to be done now that was not before.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        !matches!(self, Self::Exempted | Self::Resolved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ExemptionInForce, whole_seconds};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn status(state: State, reason: Reason) -> ActionItemStatus {
        ActionItemStatus {
            state: Some(state),
            reason: Some(reason.as_str().to_owned()),
            severity_rank: Some(3),
            opened_at: Some(whole_seconds(at(100))),
            ..ActionItemStatus::default()
        }
    }

    fn exempt(until: Option<i64>) -> ActionItemStatus {
        let until = until.map(|second| whole_seconds(at(second)));
        let exemption = ExemptionInForce { until, ..ExemptionInForce::default() };
        ActionItemStatus { exemption: Some(exemption), ..status(State::Exempt, Reason::Exempted) }
    }

    #[test]
    fn each_change_has_its_name() {
        let open = status(State::Open, Reason::Failing);
        let later = ActionItemStatus { opened_at: Some(whole_seconds(at(500))), ..open.clone() };
        let worse = ActionItemStatus { severity_rank: Some(1), ..open.clone() };
        let pending = ActionItemStatus { state: Some(State::Pending), ..Default::default() };
        let unopened =
            ActionItemStatus { opened_at: None, ..status(State::Resolved, Reason::NoFinding) };
        let fixed = status(State::Resolved, Reason::Fixed);
        let disabled = status(State::Resolved, Reason::CheckDisabled);
        for (before, after, expected) in [
            (&ActionItemStatus::default(), &open, Some(Transition::Opened)),
            (&pending, &open, Some(Transition::Opened)),
            (&unopened, &open, Some(Transition::Opened)),
            (&fixed, &later, Some(Transition::Reopened)),
            (&disabled, &open, None),
            (&open, &open, None),
            (&open, &worse, Some(Transition::Escalated)),
            (&worse, &open, None),
            (&open, &exempt(None), Some(Transition::Exempted)),
            (&pending, &exempt(None), Some(Transition::Exempted)),
            (&exempt(None), &exempt(Some(900)), None),
            (&exempt(Some(900)), &later, Some(Transition::ExemptionEnded)),
            (&exempt(Some(901)), &later, Some(Transition::ExemptionWithdrawn)),
            (&exempt(None), &later, Some(Transition::ExemptionWithdrawn)),
            (&open, &fixed, Some(Transition::Resolved)),
            (&open, &disabled, None),
            (&pending, &unopened, None),
        ] {
            assert_eq!(
                Stage::of(before).transition(after, at(900)),
                expected,
                "{before:?} {after:?}"
            );
        }
    }
}
