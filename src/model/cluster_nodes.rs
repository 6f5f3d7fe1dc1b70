//! Look-ups of nodes: who may run on them.

use std::{collections::HashSet, sync::OnceLock};

use super::{Cluster, Kind, Taint, Toleration};

/// What the pods of the cluster tolerate, each once. Computed when it is first asked for, and anew
/// after a workload has changed.
pub(super) type Tolerations = OnceLock<HashSet<Toleration>>;

impl Cluster {
    /// Whether a workload tolerates a taint by name: who tolerates everything was not made for it.
    #[must_use]
    pub fn tolerates(&self, taint: &Taint) -> bool {
        let tolerations = self.tolerations.get_or_init(|| {
            let kinds = Kind::WORKLOADS.iter();
            let workloads =
                kinds.flat_map(|kind| self.all(*kind)).filter_map(|facts| facts.workload());
            workloads.flat_map(|workload| workload.tolerations.iter().cloned()).collect()
        });
        tolerations.iter().any(|toleration| toleration.names(taint))
    }
}

impl Toleration {
    /// Whether it names a taint, and tolerates it.
    fn names(&self, taint: &Taint) -> bool {
        let is_effect = self.effect.is_empty() || self.effect == taint.effect;
        let is_value = match self.operator.as_str() {
            "" | "Equal" => self.value == taint.value,
            // `Exists`, and comparisons, which are true of some numbers.
            _ => true,
        };
        self.key == taint.key && is_effect && is_value
    }
}
