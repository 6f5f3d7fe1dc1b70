//! What a change of a workload changes for the whole cluster: mostly nothing.

use super::{Facts, WorkloadFacts};

/// What is another now than it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which taints of nodes its pods tolerate.
    pub tolerations: bool,
    /// Which nodes its pods ask for.
    pub pool: bool,
    /// Which priority class its pods have.
    pub priority_class: bool,
}

impl Change {
    /// Compares what was known of an object with what is. What there is not has no tolerations.
    #[must_use]
    pub fn of(before: Option<&Facts>, after: Option<&Facts>) -> Self {
        let [before, after] = [before, after].map(|facts| facts.and_then(Facts::workload));
        Self {
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
