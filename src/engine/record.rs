//! What is kept of an object that was judged.

use std::sync::Arc;

use crate::model::{Deployed, Uid};

use super::{Marks, Part, PolicySet, Target, Verdicts};

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

    /// Takes a new answer; tells whether it is another one.
    pub(super) fn take(&mut self, part: Part, answer: Arc<Verdicts>) -> bool {
        let known = &mut self.answers[part as usize];
        let is_new = *known != answer;
        *known = answer;
        is_new
    }
}
