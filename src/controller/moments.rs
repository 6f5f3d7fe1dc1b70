//! When something comes true without any change: an exemption ends, a finding is overdue.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::engine::Target;

/// Targets to look at again, each at one moment.
#[derive(Debug, Default)]
pub(super) struct Moments {
    ordered: BTreeSet<(Timestamp, Target)>,
    by_target: HashMap<Target, Timestamp>,
}

impl Moments {
    /// Has a target looked at again at a moment, and at no other.
    pub(super) fn set(&mut self, target: &Target, moment: Option<Timestamp>) {
        if self.by_target.get(target).copied() == moment {
            return;
        }
        if let Some(known) = self.by_target.remove(target) {
            self.ordered.remove(&(known, target.clone()));
        }
        if let Some(moment) = moment {
            self.by_target.insert(target.clone(), moment);
            self.ordered.insert((moment, target.clone()));
        }
    }

    /// The first moment that comes.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.ordered.first().map(|(moment, _)| *moment)
    }

    /// Takes out the targets whose moment has come.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<Target> {
        let mut due = Vec::new();
        while self.next().is_some_and(|moment| moment <= now) {
            let Some((_, target)) = self.ordered.pop_first() else { break };
            self.by_target.remove(&target);
            due.push(target);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str) -> Target {
        Target {
            group: "apps".into(),
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: name.into(),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn each_target_has_its_last_moment() {
        let mut moments = Moments::default();
        moments.set(&target("a"), Some(at(5)));
        moments.set(&target("b"), Some(at(3)));
        moments.set(&target("a"), Some(at(1)));
        assert_eq!(moments.next(), Some(at(1)));
        assert_eq!(moments.take_due(at(4)), [target("a"), target("b")]);
        moments.set(&target("a"), Some(at(9)));
        moments.set(&target("a"), None);
        assert_eq!((moments.next(), moments.take_due(at(99))), (None, Vec::new()));
    }
}
