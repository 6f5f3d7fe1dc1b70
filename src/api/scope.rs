//! Which objects of the cluster a policy is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{LabelSelector, is_default};

/// The namespaces that a policy leaves out unless it says otherwise.
pub const DEFAULT_EXCLUDED_NAMESPACES: [&str; 3] =
    ["kube-system", "kube-public", "kube-node-lease"];

/// The objects that a policy audits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Scope {
    /// The namespaces whose objects are audited; all given fields must agree.
    #[schemars(extend("default" = json!({})))]
    pub namespaces: NamespaceScope,
    /// Whether cluster-scoped objects are audited; absent, they are unless `namespaces` has a `selector` or `include`.
    #[serde(skip_serializing_if = "is_default")]
    pub cluster_scoped: Option<bool>,
    /// Selects the audited top-level objects by their own labels.
    #[serde(skip_serializing_if = "is_default")]
    pub objects: Option<LabelSelector>,
}

impl Scope {
    /// Whether cluster-scoped objects are audited.
    #[must_use]
    pub fn audits_cluster_scoped(&self) -> bool {
        self.cluster_scoped.unwrap_or_else(|| {
            self.namespaces.selector.is_none() && self.namespaces.include.is_empty()
        })
    }
}

/// The namespaces whose objects a policy audits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct NamespaceScope {
    /// Selects namespaces by their labels.
    #[serde(skip_serializing_if = "is_default")]
    pub selector: Option<LabelSelector>,
    /// Names or globs of the namespaces that are audited; absent, all are.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 256),
        inner(length(min = 1, max = 63)),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub include: Vec<String>,
    /// Names or globs of the namespaces that are left out; a list of your own replaces the default.
    #[schemars(
        length(max = 256),
        inner(length(min = 1, max = 63)),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub exclude: Vec<String>,
}

impl Default for NamespaceScope {
    fn default() -> Self {
        Self {
            selector: None,
            include: Vec::new(),
            exclude: DEFAULT_EXCLUDED_NAMESPACES.map(String::from).to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cluster_scoped_objects_are_audited_unless_namespaces_are_chosen() {
        let scope = |value| serde_json::from_value::<Scope>(value).unwrap();
        assert!(scope(json!({})).audits_cluster_scoped());
        assert!(scope(json!({"namespaces": {"exclude": ["a"]}})).audits_cluster_scoped());
        assert!(!scope(json!({"namespaces": {"include": ["a"]}})).audits_cluster_scoped());
        assert!(!scope(json!({"namespaces": {"selector": {}}})).audits_cluster_scoped());
        let chosen = json!({"clusterScoped": true, "namespaces": {"include": ["a"]}});
        assert!(scope(chosen).audits_cluster_scoped());
    }
}
