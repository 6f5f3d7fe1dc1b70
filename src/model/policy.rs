//! Pod disruption budgets.

use compact_str::CompactString;
use serde::Deserialize;

use super::{IntOrString, LabelSelector};

/// What is read of a `PodDisruptionBudget`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct PodDisruptionBudget {
    /// Absent selects nothing; empty selects every pod of the namespace (policy/v1).
    pub selector: Option<LabelSelector>,
    pub min_available: Option<IntOrString>,
    pub max_unavailable: Option<IntOrString>,
    pub unhealthy_pod_eviction_policy: Option<CompactString>,
}
