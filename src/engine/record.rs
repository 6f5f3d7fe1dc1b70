//! What is kept of an object that was judged.

use std::sync::Arc;

use crate::model::{Deployed, Object, ObjectKey, Uid};

use super::{Findings, Marks, Part, PolicySet, Target, Verdicts};

/// What is kept of an object that was judged.
#[derive(Debug)]
pub(super) struct Record {
    /// The owner that findings are reported on, if it is not the object itself.
    pub(super) reported_on: Option<Box<Target>>,
    /// What tells the object from others of the same name.
    pub(super) uid: Uid,
    /// Hash of what was judged.
    pub(super) hash: u64,
    /// The answers by [`Part`]; objects with the same ones share them.
    pub(super) answers: [Arc<Verdicts>; 3],
    /// The policies whose object selector selects it.
    pub(super) selecting: PolicySet,
    /// What people have written on it, if anything that counts.
    pub(super) marks: Option<Box<Marks>>,
    /// What it says of who deploys it; what one tool deploys says the same.
    pub(super) deployed: Option<Arc<Deployed>>,
    /// The list that has shown it last.
    pub(super) sweep: u32,
    /// The rules that its verdicts answer for, by [`super::Rules::signature`].
    pub(super) judged_for: u64,
}

impl Record {
    /// The answers by [`Part`].
    pub(super) fn verdicts(&self) -> [&Verdicts; 3] {
        self.answers.each_ref().map(|verdicts| &**verdicts)
    }

    /// Whether the answers of another record about the same object would be the same.
    pub(super) fn is_of_the_same(&self, other: &Self) -> bool {
        (self.hash, self.judged_for, self.selecting)
            == (other.hash, other.judged_for, other.selecting)
            && (&self.marks, &self.reported_on) == (&other.marks, &other.reported_on)
    }

    /// Takes a new answer; tells whether it is another one.
    pub(super) fn take(&mut self, part: Part, answer: Arc<Verdicts>) -> bool {
        let known = &mut self.answers[part as usize];
        let is_new = *known != answer;
        *known = answer;
        is_new
    }
}

impl Findings {
    /// What is kept of an object, but for the answers.
    pub(super) fn record_of(
        &mut self,
        object: &Object,
        key: &ObjectKey,
        reported_on: Option<Box<Target>>,
    ) -> Record {
        let deployed = Deployed::of_kind(key.kind, &object.meta);
        Record {
            reported_on,
            uid: object.meta.uid,
            hash: self.hash(object),
            answers: [(); 3].map(|()| Arc::clone(&self.nothing)),
            selecting: self.rules.selecting_labels(&object.meta.labels),
            marks: self.rules.marks(&object.meta).filled(),
            deployed: deployed.map(|deployed| self.deployed.share(Arc::new(deployed))),
            sweep: self.sweeps.get(&key.kind).copied().unwrap_or_default(),
            judged_for: self.rules.signature(key.kind),
        }
    }
}
