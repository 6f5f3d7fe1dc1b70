//! Roles, bindings, and the graph of who can do what: exactly what the RBAC authorizer of the API
//! server answers.

mod dependents;
mod graph;
mod index;
mod power;
mod reach;
mod request;
mod who;

use compact_str::CompactString;
use serde::Deserialize;

use super::{Kind, LabelSelector, Labels, List};

pub use graph::{Carriers, Decision, Rbac, Span};
pub(super) use index::Index;
pub use power::{HeldPower, Power};
pub use reach::{Reach, Reaches};
pub use request::{Asked, Request};
pub use who::{ABOVE_RBAC, AUTHENTICATED, Caller, SERVICE_ACCOUNTS, UNAUTHENTICATED, Who};

/// The namespace whose accounts rule the cluster.
pub const SYSTEM_NAMESPACE: &str = "kube-system";

/// Where a role or binding is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The control plane makes it, and repairs it at each start.
    ControlPlane,
    /// It has a name that is kept for what comes with every cluster.
    ReservedName,
    /// Somebody made it.
    Own,
}

impl Origin {
    pub(super) fn of(kind: Kind, name: &str, labels: &Labels) -> Self {
        if labels.value("kubernetes.io/bootstrapping") == Some("rbac-defaults") {
            return Self::ControlPlane;
        }
        let is_reserved =
            name.starts_with("system:") || (kind == Kind::ClusterRole && is_user_facing(name));
        if is_reserved { Self::ReservedName } else { Self::Own }
    }
}

/// The roles for people that every cluster comes with.
fn is_user_facing(name: &str) -> bool {
    matches!(name, "cluster-admin" | "admin" | "edit" | "view")
}

/// What is read of a Role or `ClusterRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Role {
    /// What it allows. The controller manager fills in the rules of an aggregated `ClusterRole`.
    pub rules: List<PolicyRule>,
    /// Selects the roles whose rules are added.
    pub aggregation_rule: Option<AggregationRule>,
}

impl Role {
    /// Whether its rules are those of other roles, and have not been filled in, as in a file.
    #[must_use]
    pub fn is_to_be_filled(&self) -> bool {
        self.rules.is_empty() && self.aggregation_rule.is_some()
    }

    /// Whether its aggregation selects a `ClusterRole` with these labels.
    #[must_use]
    pub fn selects(&self, labels: &Labels) -> bool {
        self.selectors().iter().any(|selector| selector.selects(labels))
    }

    fn selectors(&self) -> &[LabelSelector] {
        self.aggregation_rule.as_ref().map_or(&[], |rule| &rule.cluster_role_selectors)
    }
}

/// The rule of an aggregated `ClusterRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AggregationRule {
    /// A role that any of these selects is added.
    pub cluster_role_selectors: List<LabelSelector>,
}

/// One rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct PolicyRule {
    pub api_groups: List<CompactString>,
    pub resources: List<CompactString>,
    pub resource_names: List<CompactString>,
    pub verbs: List<CompactString>,
    #[serde(rename = "nonResourceURLs")]
    pub non_resource_urls: List<CompactString>,
}

/// What is read of a `RoleBinding` or `ClusterRoleBinding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct Binding {
    pub role_ref: RoleRef,
    pub subjects: List<Subject>,
}

/// The role that a binding grants. The API server takes no other group than that of the roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct RoleRef {
    pub kind: CompactString,
    pub name: CompactString,
}

impl RoleRef {
    /// The kind of role that is meant; `None` where there is no such kind, which grants nothing.
    #[must_use]
    pub fn role_kind(&self) -> Option<Kind> {
        match self.kind.as_str() {
            "Role" => Some(Kind::Role),
            "ClusterRole" => Some(Kind::ClusterRole),
            _ => None,
        }
    }

    /// Whether it is the `ClusterRole` `cluster-admin`, and not a Role of that name.
    #[must_use]
    pub fn is_cluster_admin(&self) -> bool {
        self.is_user_facing() && self.name == "cluster-admin"
    }

    /// Whether it is one of the roles for people that every cluster comes with.
    #[must_use]
    pub fn is_user_facing(&self) -> bool {
        self.kind == "ClusterRole" && is_user_facing(&self.name)
    }
}

/// Who gets the role. Its group follows from its kind: the API server takes no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct Subject {
    pub kind: CompactString,
    pub name: CompactString,
    pub namespace: CompactString,
}
