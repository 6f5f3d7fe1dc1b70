//! Where pods may run: what a pod's `spec` says to the scheduler.

use compact_str::CompactString;

use super::{LabelSelector, List, Requirement, mirror::mirror};

mirror! {
    /// A taint that does not keep the pod away.
    pub struct Toleration {
        /// Empty is every key.
        pub key: CompactString,
        /// `Exists`, or `Equal`, which the empty one means.
        pub operator: CompactString,
        pub value: CompactString,
        /// Empty is every effect.
        pub effect: CompactString,
        pub toleration_seconds: Option<i64>,
    }

    /// `spec.affinity`.
    pub struct Affinity {
        pub node_affinity: Option<NodeAffinity>,
        pub pod_affinity: Option<PodAffinity>,
        pub pod_anti_affinity: Option<PodAffinity>,
    }

    /// The nodes that pods want.
    pub struct NodeAffinity {
        #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
        pub required: Option<NodeSelector>,
        #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution")]
        pub preferred: List<PreferredNodes>,
    }

    /// Nodes that one of its terms selects.
    pub struct NodeSelector {
        pub node_selector_terms: List<NodeSelectorTerm>,
    }

    /// All requirements must hold.
    pub struct NodeSelectorTerm {
        pub match_expressions: List<Requirement>,
        pub match_fields: List<Requirement>,
    }

    /// Nodes that are better than others.
    pub struct PreferredNodes {
        pub weight: i32,
        pub preference: NodeSelectorTerm,
    }

    /// The pods that pods want, or do not want, beside them.
    pub struct PodAffinity {
        #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
        pub required: List<PodAffinityTerm>,
        #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution")]
        pub preferred: List<PreferredPods>,
    }

    /// Pods of one topology domain.
    pub struct PodAffinityTerm {
        pub label_selector: Option<LabelSelector>,
        pub topology_key: CompactString,
        pub namespaces: List<CompactString>,
        pub namespace_selector: Option<LabelSelector>,
        pub match_label_keys: List<CompactString>,
        pub mismatch_label_keys: List<CompactString>,
    }

    /// Pods that are better, or worse, than others.
    pub struct PreferredPods {
        pub weight: i32,
        pub pod_affinity_term: PodAffinityTerm,
    }

    /// Spreads pods over nodes or zones.
    pub struct TopologySpreadConstraint {
        pub max_skew: i32,
        pub min_domains: Option<i32>,
        pub topology_key: CompactString,
        /// `DoNotSchedule` or `ScheduleAnyway`.
        pub when_unsatisfiable: CompactString,
        pub label_selector: Option<LabelSelector>,
        pub match_label_keys: List<CompactString>,
    }
}
