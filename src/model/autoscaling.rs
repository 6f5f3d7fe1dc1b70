//! Horizontal pod autoscalers.

use compact_str::CompactString;
use serde::Deserialize;

/// What is read of a `HorizontalPodAutoscaler`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct HorizontalPodAutoscaler {
    pub scale_target_ref: ScaleTarget,
    /// Defaulted to 1.
    pub min_replicas: Option<i32>,
    pub max_replicas: i32,
}

/// The object that is scaled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct ScaleTarget {
    pub api_version: CompactString,
    pub kind: CompactString,
    pub name: CompactString,
}

impl ScaleTarget {
    /// The API group of the target; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}
