//! Judges a set of objects at once: what `scan` does, and what the live set is held against.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use crate::{
    checks::Source,
    model::{Labels, Object},
};

use super::{
    About, Acceptance, AnyCheck, Circumstances, Judge, Marks, Rules, Scan, Score, Target, Wanted,
    accept,
};

/// A finding and the object that it was found in.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The object that it is reported on.
    pub target: Arc<Target>,
    /// Position of the object that was judged, in the input.
    pub position: usize,
    /// The finding, shared with others that are the same.
    pub wanted: Arc<Wanted>,
}

/// A check that could not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjudged {
    /// The check.
    pub check: AnyCheck,
    /// The object that it is about.
    pub target: Arc<Target>,
    /// Position of the object that was judged, in the input.
    pub position: usize,
    /// Why it cannot be known.
    pub reason: Arc<str>,
}

/// What a set of objects is found to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Sorted by target and check.
    pub findings: Vec<Located>,
    /// Sorted by target and check.
    pub unknown: Vec<Unjudged>,
    /// How many objects were judged.
    pub objects: usize,
    /// What was reported on, sorted, each with the position of the first object judged for it.
    pub targets: Vec<(Arc<Target>, usize)>,
    /// Of how many [`Report::targets`] each check said that they are as they should be. A check that
    /// looked at objects is here, even if its question did not arise for any of them.
    pub passed: BTreeMap<AnyCheck, usize>,
    /// Of which, if that is to be kept.
    pub passes: BTreeMap<AnyCheck, Vec<u32>>,
    /// The workloads that were judged, sorted.
    pub workloads: Vec<Arc<Target>>,
    /// How each policy's checks were answered, by the policy's name.
    pub scores: Vec<(Arc<str>, Score)>,
}

impl Report {
    /// Which findings are accepted, or would be if something were written otherwise, by their order;
    /// the others are open. `marks` knows what is written on an object by its position in the input,
    /// `namespaces` the labels of a namespace, and `respected` are the tools whose annotations count as
    /// ours do.
    #[must_use]
    pub fn accept<'a>(
        &'a self,
        rules: &Rules,
        marks: impl Fn(usize) -> &'a Marks,
        namespaces: impl Fn(&str) -> Option<&'a Labels>,
        respected: &[Source],
        now: Timestamp,
    ) -> BTreeMap<usize, Acceptance> {
        let circumstances = Circumstances { decision: None, known: None, respected, now };
        let mut acceptances = BTreeMap::new();
        for (index, Located { target, position, wanted }) in self.findings.iter().enumerate() {
            let marks = marks(*position);
            if !marks.annotations.is_empty() || rules.has_exemptions() {
                let about = About::of(target, marks, &namespaces);
                acceptances.insert(index, accept(rules, wanted, about, &circumstances));
            }
        }
        acceptances
    }
}

/// Judges objects. With `complete` they are a whole cluster, and absence proves something.
#[must_use]
pub fn evaluate(rules: &Rules, objects: &[Object], complete: bool, now: Timestamp) -> Report {
    let mut judge = Judge::new(rules, now);
    let mut scan = Scan::new(rules, complete, now).keeping_passes(true);
    for object in objects {
        scan.take(judge.judge(object));
    }
    scan.finish()
}
