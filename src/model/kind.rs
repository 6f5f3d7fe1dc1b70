//! The kinds that checks know, and how the API server names them.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// A kind of the Kubernetes API that some check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[repr(u8)]
#[expect(missing_docs, reason = "each variant is the kind of that name")]
pub enum Kind {
    Namespace,
    Node,
    ServiceAccount,
    ClusterRole,
    Role,
    ClusterRoleBinding,
    RoleBinding,
    Service,
    Ingress,
    NetworkPolicy,
    PodDisruptionBudget,
    HorizontalPodAutoscaler,
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    ReplicationController,
    CronJob,
    Job,
    PodTemplate,
    Pod,
}

/// What never changes about a kind.
struct Names {
    group: &'static str,
    /// The version that is read from a cluster; files may hold any served version of the group.
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    namespaced: bool,
}

const fn names(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Names {
    Names { group, version, kind, plural, namespaced }
}

const RBAC: &str = "rbac.authorization.k8s.io";

impl Kind {
    /// Every kind, those that others refer to first.
    pub const ALL: [Self; 21] = [
        Self::Namespace,
        Self::Node,
        Self::ServiceAccount,
        Self::ClusterRole,
        Self::Role,
        Self::ClusterRoleBinding,
        Self::RoleBinding,
        Self::Service,
        Self::Ingress,
        Self::NetworkPolicy,
        Self::PodDisruptionBudget,
        Self::HorizontalPodAutoscaler,
        Self::Deployment,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::ReplicaSet,
        Self::ReplicationController,
        Self::CronJob,
        Self::Job,
        Self::PodTemplate,
        Self::Pod,
    ];

    /// The kinds that have a pod template, or are pods.
    pub const WORKLOADS: &[Self] = &[
        Self::Deployment,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::ReplicaSet,
        Self::ReplicationController,
        Self::CronJob,
        Self::Job,
        Self::PodTemplate,
        Self::Pod,
    ];

    const fn names(self) -> Names {
        match self {
            Self::Namespace => names("", "v1", "Namespace", "namespaces", false),
            Self::Node => names("", "v1", "Node", "nodes", false),
            Self::ServiceAccount => names("", "v1", "ServiceAccount", "serviceaccounts", true),
            Self::ClusterRole => names(RBAC, "v1", "ClusterRole", "clusterroles", false),
            Self::Role => names(RBAC, "v1", "Role", "roles", true),
            Self::ClusterRoleBinding => {
                names(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", false)
            }
            Self::RoleBinding => names(RBAC, "v1", "RoleBinding", "rolebindings", true),
            Self::Service => names("", "v1", "Service", "services", true),
            Self::Ingress => names("networking.k8s.io", "v1", "Ingress", "ingresses", true),
            Self::NetworkPolicy => {
                names("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true)
            }
            Self::PodDisruptionBudget => {
                names("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true)
            }
            Self::HorizontalPodAutoscaler => names(
                "autoscaling",
                "v2",
                "HorizontalPodAutoscaler",
                "horizontalpodautoscalers",
                true,
            ),
            Self::Deployment => names("apps", "v1", "Deployment", "deployments", true),
            Self::StatefulSet => names("apps", "v1", "StatefulSet", "statefulsets", true),
            Self::DaemonSet => names("apps", "v1", "DaemonSet", "daemonsets", true),
            Self::ReplicaSet => names("apps", "v1", "ReplicaSet", "replicasets", true),
            Self::ReplicationController => {
                names("", "v1", "ReplicationController", "replicationcontrollers", true)
            }
            Self::CronJob => names("batch", "v1", "CronJob", "cronjobs", true),
            Self::Job => names("batch", "v1", "Job", "jobs", true),
            Self::PodTemplate => names("", "v1", "PodTemplate", "podtemplates", true),
            Self::Pod => names("", "v1", "Pod", "pods", true),
        }
    }

    /// The API group; empty for the core group.
    #[must_use]
    pub const fn group(self) -> &'static str {
        self.names().group
    }

    /// The version that is read from a cluster.
    #[must_use]
    pub const fn version(self) -> &'static str {
        self.names().version
    }

    /// The kind's name, as in a manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.names().kind
    }

    /// The resource's name in URLs and RBAC rules.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        self.names().plural
    }

    /// Whether objects of this kind live in a namespace.
    #[must_use]
    pub const fn is_namespaced(self) -> bool {
        self.names().namespaced
    }

    /// Whether objects of this kind have a pod template, or are pods.
    #[must_use]
    pub fn is_workload(self) -> bool {
        Self::WORKLOADS.contains(&self)
    }

    /// Whether objects of this kind make objects of another from their own template.
    #[must_use]
    pub fn makes(self, made: Self) -> bool {
        match self {
            Self::Deployment => made == Self::ReplicaSet,
            Self::CronJob => made == Self::Job,
            Self::ReplicaSet
            | Self::ReplicationController
            | Self::StatefulSet
            | Self::DaemonSet
            | Self::Job => made == Self::Pod,
            _ => false,
        }
    }

    /// Finds a kind by group and name; the version does not matter.
    ///
    /// `extensions` stands for the groups that its kinds moved to.
    #[must_use]
    pub fn find(group: &str, kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| {
            known.name() == kind
                && (known.group() == group || (group == "extensions" && !known.group().is_empty()))
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindSet(u32);

impl KindSet {
    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u8;
    }

    /// Whether the kind is in the set.
    #[must_use]
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// The kinds of the set, in the order of [`Kind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<Kind> for KindSet {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut set = Self::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_own_names_and_fits_into_a_set() {
        for kind in Kind::ALL {
            assert_eq!(Kind::find(kind.group(), kind.name()), Some(kind));
            assert_eq!(KindSet::from_iter([kind]).iter().collect::<Vec<_>>(), [kind]);
        }
        assert_eq!(Kind::find("extensions", "Ingress"), Some(Kind::Ingress));
        assert_eq!(Kind::find("serving.knative.dev", "Service"), None);
    }
}
