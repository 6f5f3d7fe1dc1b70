//! What the change of an object changes for others: mostly little.

use super::{Facts, WorkloadFacts};

/// What is another now than it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Change {
    /// Whether the object is judged itself, or was. What is only told of a pod matters to its owner
    /// alone.
    pub is_judged: bool,
    /// Which taints of nodes its pods tolerate.
    pub tolerations: bool,
    /// Which nodes its pods ask for.
    pub pool: bool,
    /// Which priority class its pods have.
    pub priority_class: bool,
}

impl Change {
    /// Compares what was known of an object with what is. What there is not has no tolerations.
    pub(super) fn of(before: Option<&Facts>, after: Option<&Facts>) -> Self {
        let is_judged = before.into_iter().chain(after).any(Facts::is_judged);
        let [before, after] = [before, after].map(|facts| facts.and_then(Facts::workload));
        Self {
            is_judged,
            tolerations: Self::differs(before, after, |workload| &*workload.tolerations, &[][..]),
            pool: before.map(|workload| &workload.pool) != after.map(|workload| &workload.pool),
            priority_class: Self::differs(before, after, |it| it.priority_class_name.as_str(), ""),
        }
    }

    fn differs<'a, T: PartialEq + ?Sized>(
        before: Option<&'a WorkloadFacts>,
        after: Option<&'a WorkloadFacts>,
        field: fn(&WorkloadFacts) -> &T,
        none: &'a T,
    ) -> bool {
        before.map_or(none, field) != after.map_or(none, field)
    }
}
