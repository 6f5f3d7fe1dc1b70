//! What the custom checks of a policy may cost all in all: a policy whose checks cost too much slows
//! itself, and no other.

use std::sync::atomic::{AtomicI64, Ordering};

/// What may be spent at once: twice what Kubernetes lets a policy cost for one object.
const MOST: i64 = 20_000_000;
/// What is earned by each object that a check judges: most cost less than a tenth.
const EARNED: i64 = 5_000;

/// An account in the units of Kubernetes.
#[derive(Debug)]
pub(in crate::engine) struct Credit(AtomicI64);

impl Default for Credit {
    fn default() -> Self {
        Self(AtomicI64::new(MOST))
    }
}

impl Credit {
    /// One more object is judged. The answer is whether there is something left to spend.
    pub(super) fn earn(&self) -> bool {
        let more = |left: i64| Some((left + EARNED).min(MOST));
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        before.unwrap_or_else(|left| left) > 0
    }

    /// Takes what was spent.
    pub(super) fn spend(&self, cost: u64) {
        self.0.fetch_sub(i64::try_from(cost).unwrap_or(MOST), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_spent_too_much_waits_until_it_is_earned() {
        let credit = Credit::default();
        assert!(credit.earn());
        credit.spend(20_000_000 + 10_000);
        assert_eq!([credit.earn(), credit.earn(), credit.earn()], [false, false, false]);
        assert!(credit.earn());
    }
}
