//! Who leads: a pure state machine with the semantics of client-go's leader election.
//!
//! Clocks of other machines are never compared with ours: a record is judged by when *we* saw it
//! change.

use std::time::{Duration, Instant};

/// The times of an election.
#[derive(Clone, Copy, Debug)]
pub struct LeaseTimes {
    /// A record that did not change for this long is free to take.
    pub duration: Duration,
    /// A leader that could not renew for this long gives up; shorter than `duration`.
    pub deadline: Duration,
    /// The pause between attempts to take the lease, and to renew it once that has failed.
    pub retry: Duration,
}

impl LeaseTimes {
    /// Where nothing else is asked for, a leader gives up after two thirds of the duration, and tries
    /// six times until then.
    #[must_use]
    pub fn new(duration: Duration, deadline: Option<Duration>, retry: Option<Duration>) -> Self {
        let deadline = deadline.unwrap_or(duration * 2 / 3);
        Self { duration, deadline, retry: retry.unwrap_or(deadline / 6) }
    }

    /// Whether the lease of a leader who renewed it then is nobody else's for certain.
    #[must_use]
    pub fn is_certain(&self, renewed: Instant, now: Instant) -> bool {
        now.duration_since(renewed) < self.deadline
    }

    /// The pause between renewals: at the usual times three more attempts follow one that fails.
    #[must_use]
    pub fn renewal(&self) -> Duration {
        self.deadline * 2 / 5
    }
}

impl Default for LeaseTimes {
    fn default() -> Self {
        Self::new(Duration::from_secs(15), None, None)
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Try to write ourselves into the record.
    Acquire,
    /// Renew our record.
    Renew,
    /// Somebody else leads.
    Wait,
    /// We led and cannot be sure of it any more.
    GiveUp,
}

/// Decides from the record's holder, when we saw it change last, and when we renewed it last.
#[must_use]
pub fn next_step(
    holder: &str,
    identity: &str,
    changed: Instant,
    renewed: Option<Instant>,
    now: Instant,
    times: LeaseTimes,
) -> Step {
    match renewed {
        Some(renewed) if !times.is_certain(renewed, now) => Step::GiveUp,
        Some(_) if holder != identity => Step::GiveUp,
        Some(_) => Step::Renew,
        None if holder.is_empty() || holder == identity => Step::Acquire,
        None if now.duration_since(changed) >= times.duration => Step::Acquire,
        None => Step::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leader_renews_and_others_wait_until_it_is_silent() {
        let (start, times) = (Instant::now(), LeaseTimes::default());
        let after = |seconds| start + Duration::from_secs(seconds);
        let step = |holder, renewed: Option<u64>, now| {
            next_step(holder, "me", start, renewed.map(after), after(now), times)
        };
        assert_eq!(step("", None, 0), Step::Acquire);
        assert_eq!(step("other", None, 14), Step::Wait);
        assert_eq!(step("other", None, 15), Step::Acquire);
        assert_eq!(step("me", Some(0), 2), Step::Renew);
        assert_eq!(step("me", Some(0), 10), Step::GiveUp);
        assert_eq!(step("other", Some(0), 2), Step::GiveUp);
    }
}
