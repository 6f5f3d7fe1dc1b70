//! What scales workloads, horizontally and vertically.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{Bounds, List, Quantity, mirror::mirror};

mirror! {
    /// What is read of a `HorizontalPodAutoscaler`.
    pub struct HorizontalPodAutoscaler {
        pub scale_target_ref: ScaleTarget,
        /// Defaulted to 1.
        pub min_replicas: Option<i32>,
        pub max_replicas: i32,
        /// None is the use of CPU.
        pub metrics: List<ScaleMetric>,
        /// The `ScaledObject` that makes it.
        #[serde(skip)]
        pub scaled_object: Option<CompactString>,
    }

    /// What an autoscaler looks at.
    pub struct ScaleMetric {
        #[serde(rename = "type")]
        pub kind: CompactString,
    }

    /// The object that is scaled.
    pub struct ScaleTarget {
        pub api_version: CompactString,
        pub kind: CompactString,
        pub name: CompactString,
    }

    /// What is read of a `ScaledObject` of KEDA, which makes an autoscaler for its target.
    pub struct ScaledObject {
        pub scale_target_ref: ScaleTarget,
        /// Zero where it is absent.
        pub min_replica_count: Option<i32>,
        pub max_replica_count: Option<i32>,
    }

    /// What is read of a `VerticalPodAutoscaler`.
    pub struct VerticalPodAutoscaler {
        pub spec: VerticalSpec,
        pub status: VerticalStatus,
    }

    /// `spec` of a `VerticalPodAutoscaler`.
    pub struct VerticalSpec {
        pub target_ref: Option<ScaleTarget>,
    }

    /// `status` of a `VerticalPodAutoscaler`.
    pub struct VerticalStatus {
        pub recommendation: Option<Recommendation>,
    }

    /// What containers should request.
    pub struct Recommendation {
        pub container_recommendations: List<ContainerRecommendation>,
    }

    /// What one container should request: `cpu` and `memory`.
    pub struct ContainerRecommendation {
        pub container_name: CompactString,
        pub target: BTreeMap<CompactString, Quantity>,
    }
}

impl HorizontalPodAutoscaler {
    pub(super) fn bounds(&self) -> Bounds {
        Bounds {
            least: self.min_replicas.unwrap_or(1),
            most: self.max_replicas,
            least_path: "/spec/minReplicas",
            most_path: "/spec/maxReplicas",
        }
    }

    /// Whether it looks at the use of CPU or memory, which `metrics.k8s.io` tells.
    #[must_use]
    pub fn needs_resource_metrics(&self) -> bool {
        let is_resource = |metric: &ScaleMetric| metric.kind.ends_with("Resource");
        self.metrics.is_empty() || self.metrics.iter().any(is_resource)
    }
}

impl ScaledObject {
    pub(super) fn bounds(&self) -> Bounds {
        Bounds {
            least: self.min_replica_count.unwrap_or(0),
            most: self.max_replica_count.unwrap_or(100),
            least_path: "/spec/minReplicaCount",
            most_path: "/spec/maxReplicaCount",
        }
    }
}

impl ScaleTarget {
    /// The API group and version of the target; an absent one is that of the core group.
    #[must_use]
    pub fn version(&self) -> &str {
        if self.api_version.is_empty() { "v1" } else { &self.api_version }
    }

    /// The API group of the target; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}
