//! What pods and nodes use, as `metrics.k8s.io` reports it.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{List, Quantity, mirror::mirror};

mirror! {
    /// What is read of `PodMetrics`.
    pub struct PodMetrics {
        pub containers: List<ContainerUsage>,
    }

    /// What one container uses: `cpu` and `memory`.
    pub struct ContainerUsage {
        pub name: CompactString,
        pub usage: BTreeMap<CompactString, Quantity>,
    }

    /// What is read of `NodeMetrics`.
    pub struct NodeMetrics {
        pub usage: BTreeMap<CompactString, Quantity>,
    }
}
