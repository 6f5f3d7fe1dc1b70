//! Equal values, kept once for as long as anybody holds one.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{Arc, Weak},
};

use crate::model::{FactBody, Facts, Role, WorkloadFacts};

/// Values by the hash of their content.
#[derive(Debug)]
pub(super) struct Shared<T>(HashMap<u64, Weak<T>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Hash + Eq> Shared<T> {
    /// The value, or one that is equal and held already.
    pub(super) fn share(&mut self, value: Arc<T>) -> Arc<T> {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        let slot = self.0.entry(hasher.finish()).or_default();
        match slot.upgrade() {
            Some(known) if known == value => known,
            _ => {
                *slot = Arc::downgrade(&value);
                value
            }
        }
    }

    /// Forgets what nobody holds any more.
    pub(super) fn purge(&mut self) {
        self.0.retain(|_, value| value.strong_count() > 0);
    }
}

/// The parts of facts that many objects have in common: pod templates, and rules.
#[derive(Debug, Default)]
pub(super) struct SharedFacts {
    workloads: Shared<WorkloadFacts>,
    roles: Shared<Role>,
}

impl SharedFacts {
    /// The same facts; what others have too is kept once.
    pub(super) fn share(&mut self, mut facts: Facts) -> Facts {
        match &mut facts.body {
            FactBody::Workload(known) => *known = self.workloads.share(Arc::clone(known)),
            FactBody::Role(known) => known.role = self.roles.share(Arc::clone(&known.role)),
            _ => {}
        }
        facts
    }

    /// Forgets what nobody holds any more.
    pub(super) fn purge(&mut self) {
        self.workloads.purge();
        self.roles.purge();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_and_unheld_ones_are_forgotten() {
        let web = || Arc::new("web".to_owned());
        let mut shared = Shared::default();
        let first = shared.share(web());
        assert!(Arc::ptr_eq(&first, &shared.share(web())));
        shared.share(Arc::new("gone".to_owned()));
        shared.purge();
        assert_eq!(shared.0.len(), 1);
    }
}
