//! Objects that an owner stands for: nothing is kept of those that are well.

use jiff::Timestamp;

use crate::model::{Facts, ObjectKey, PodTrouble};

use super::{Findings, View};

impl Findings {
    /// Folds in an object that its owner stands for. What is wrong with a pod is told to the owner,
    /// as long as it matters.
    pub fn observe_owned(
        &mut self,
        key: &ObjectKey,
        trouble: Option<Box<PodTrouble>>,
        view: Option<&View>,
        now: Timestamp,
    ) {
        let Some(trouble) = trouble.filter(|trouble| !trouble.is_over(now)) else {
            // Of most pods nothing is known, and nothing changes.
            if self.is_known(key) || self.cluster.facts(key).is_some() {
                self.remove(key);
            }
            return self.keep_unjudged(key, view);
        };
        self.undecodable.remove(key);
        self.drop_record(key);
        let sweep = self.sweeps.get(&key.kind).copied().unwrap_or_default();
        self.troubled.insert(key.clone(), sweep);
        self.change(key, |cluster| cluster.insert(Facts::of_trouble(key.clone(), trouble)));
        self.keep_unjudged(key, view);
    }
}
