//! The kinds that checks know, and how the API server names them.

mod named;

use std::{borrow::Cow, fmt};

use schemars::JsonSchema;
use serde::Deserialize;

pub use named::NamedKind;

/// Declares the kinds: variant, kind, group, version that is read from a cluster (files may hold any
/// version of the group), resource, scope.
macro_rules! kinds {
    ($($variant:ident: $kind:literal, $group:literal, $version:literal, $plural:literal, $scope:ident;)*) => {
        /// A kind of the Kubernetes API that some check looks at.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema,
        )]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = concat!("`", $kind, "`")] #[serde(rename = $kind)] $variant,)*
            /// Any other kind: only its metadata is known. It is read from files, never from a
            /// cluster.
            #[serde(skip)]
            Other,
            /// A kind that no check of the catalogue knows, and that is read from a cluster because a
            /// custom check names it.
            #[serde(skip)]
            Named(NamedKind),
        }

        /// The positions of the kinds in a set.
        #[repr(u8)]
        enum Position {
            $($variant,)*
            Other,
            Named,
        }

        impl Kind {
            /// Every kind that is known by name, those that others refer to first.
            pub const ALL: [Self; Position::Other as usize] = [$(Self::$variant),*];

            /// Every object, whatever its kind: for checks of what all objects have.
            pub const ANY: &[Self] = &[$(Self::$variant,)* Self::Other];

            fn names(self) -> Names {
                match self {
                    $(Self::$variant => Names {
                        kind: $kind,
                        group: $group,
                        version: $version,
                        plural: $plural,
                        scope: Scope::$scope,
                    },)*
                    Self::Other => Names {
                        kind: "object",
                        group: "",
                        version: "",
                        plural: "objects",
                        scope: Scope::Namespaced,
                    },
                    Self::Named(kind) => kind.names(),
                }
            }

            const fn position(self) -> u8 {
                match self {
                    $(Self::$variant => Position::$variant as u8,)*
                    Self::Other => Position::Other as u8,
                    Self::Named(kind) => Position::Named as u8 + kind.0,
                }
            }
        }
    };
}

kinds! {
    Namespace: "Namespace", "", "v1", "namespaces", ClusterScoped;
    Node: "Node", "", "v1", "nodes", ClusterScoped;
    PriorityClass: "PriorityClass", "scheduling.k8s.io", "v1", "priorityclasses", ClusterScoped;
    StorageClass: "StorageClass", "storage.k8s.io", "v1", "storageclasses", ClusterScoped;
    PersistentVolume: "PersistentVolume", "", "v1", "persistentvolumes", ClusterScoped;
    CsiDriver: "CSIDriver", "storage.k8s.io", "v1", "csidrivers", ClusterScoped;
    VolumeAttachment: "VolumeAttachment", "storage.k8s.io", "v1", "volumeattachments", ClusterScoped;
    IngressClass: "IngressClass", "networking.k8s.io", "v1", "ingressclasses", ClusterScoped;
    CustomResourceDefinition: "CustomResourceDefinition", "apiextensions.k8s.io", "v1", "customresourcedefinitions", ClusterScoped;
    ApiService: "APIService", "apiregistration.k8s.io", "v1", "apiservices", ClusterScoped;
    ValidatingWebhookConfiguration: "ValidatingWebhookConfiguration", "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", ClusterScoped;
    MutatingWebhookConfiguration: "MutatingWebhookConfiguration", "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", ClusterScoped;
    ServiceAccount: "ServiceAccount", "", "v1", "serviceaccounts", Namespaced;
    ClusterRole: "ClusterRole", "rbac.authorization.k8s.io", "v1", "clusterroles", ClusterScoped;
    Role: "Role", "rbac.authorization.k8s.io", "v1", "roles", Namespaced;
    ClusterRoleBinding: "ClusterRoleBinding", "rbac.authorization.k8s.io", "v1", "clusterrolebindings", ClusterScoped;
    RoleBinding: "RoleBinding", "rbac.authorization.k8s.io", "v1", "rolebindings", Namespaced;
    ConfigMap: "ConfigMap", "", "v1", "configmaps", Namespaced;
    Secret: "Secret", "", "v1", "secrets", Namespaced;
    ResourceQuota: "ResourceQuota", "", "v1", "resourcequotas", Namespaced;
    LimitRange: "LimitRange", "", "v1", "limitranges", Namespaced;
    PersistentVolumeClaim: "PersistentVolumeClaim", "", "v1", "persistentvolumeclaims", Namespaced;
    Service: "Service", "", "v1", "services", Namespaced;
    EndpointSlice: "EndpointSlice", "discovery.k8s.io", "v1", "endpointslices", Namespaced;
    Ingress: "Ingress", "networking.k8s.io", "v1", "ingresses", Namespaced;
    NetworkPolicy: "NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies", Namespaced;
    PodDisruptionBudget: "PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets", Namespaced;
    HorizontalPodAutoscaler: "HorizontalPodAutoscaler", "autoscaling", "v2", "horizontalpodautoscalers", Namespaced;
    Deployment: "Deployment", "apps", "v1", "deployments", Namespaced;
    StatefulSet: "StatefulSet", "apps", "v1", "statefulsets", Namespaced;
    DaemonSet: "DaemonSet", "apps", "v1", "daemonsets", Namespaced;
    ReplicaSet: "ReplicaSet", "apps", "v1", "replicasets", Namespaced;
    ReplicationController: "ReplicationController", "", "v1", "replicationcontrollers", Namespaced;
    CronJob: "CronJob", "batch", "v1", "cronjobs", Namespaced;
    Job: "Job", "batch", "v1", "jobs", Namespaced;
    PodTemplate: "PodTemplate", "", "v1", "podtemplates", Namespaced;
    Pod: "Pod", "", "v1", "pods", Namespaced;
    PodMetrics: "PodMetrics", "metrics.k8s.io", "v1beta1", "pods", Namespaced;
    NodeMetrics: "NodeMetrics", "metrics.k8s.io", "v1beta1", "nodes", ClusterScoped;
    VerticalPodAutoscaler: "VerticalPodAutoscaler", "autoscaling.k8s.io", "v1", "verticalpodautoscalers", Namespaced;
    ScaledObject: "ScaledObject", "keda.sh", "v1alpha1", "scaledobjects", Namespaced;
    GatewayClass: "GatewayClass", "gateway.networking.k8s.io", "v1", "gatewayclasses", ClusterScoped;
    Gateway: "Gateway", "gateway.networking.k8s.io", "v1", "gateways", Namespaced;
    HttpRoute: "HTTPRoute", "gateway.networking.k8s.io", "v1", "httproutes", Namespaced;
    GrpcRoute: "GRPCRoute", "gateway.networking.k8s.io", "v1", "grpcroutes", Namespaced;
    TcpRoute: "TCPRoute", "gateway.networking.k8s.io", "v1alpha2", "tcproutes", Namespaced;
    ReferenceGrant: "ReferenceGrant", "gateway.networking.k8s.io", "v1beta1", "referencegrants", Namespaced;
    CiliumNetworkPolicy: "CiliumNetworkPolicy", "cilium.io", "v2", "ciliumnetworkpolicies", Namespaced;
    CiliumClusterwideNetworkPolicy: "CiliumClusterwideNetworkPolicy", "cilium.io", "v2", "ciliumclusterwidenetworkpolicies", ClusterScoped;
    ServiceMonitor: "ServiceMonitor", "monitoring.coreos.com", "v1", "servicemonitors", Namespaced;
    AllowedRepos: "K8sAllowedRepos", "constraints.gatekeeper.sh", "v1beta1", "k8sallowedrepos", ClusterScoped;
}

/// What never changes about a kind.
#[derive(Clone, Copy)]
struct Names {
    kind: &'static str,
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    scope: Scope,
}

/// Where objects of a kind live.
#[derive(Clone, Copy)]
enum Scope {
    Namespaced,
    ClusterScoped,
}

/// Groups that a cluster serves only where somebody has installed them.
const OPTIONAL_GROUPS: &[&str] = &[
    "autoscaling.k8s.io",
    "cilium.io",
    "constraints.gatekeeper.sh",
    "gateway.networking.k8s.io",
    "keda.sh",
    "metrics.k8s.io",
    "monitoring.coreos.com",
];

/// The kinds that have a pod template, or are pods, and some others, by their names.
macro_rules! workloads_and {
    [$($other:ident),*] => {
        &[
            $crate::model::Kind::Deployment,
            $crate::model::Kind::StatefulSet,
            $crate::model::Kind::DaemonSet,
            $crate::model::Kind::ReplicaSet,
            $crate::model::Kind::ReplicationController,
            $crate::model::Kind::CronJob,
            $crate::model::Kind::Job,
            $crate::model::Kind::PodTemplate,
            $crate::model::Kind::Pod,
            $($crate::model::Kind::$other),*
        ]
    };
}
pub(crate) use workloads_and;

impl Kind {
    /// The kinds that have a pod template, or are pods.
    pub const WORKLOADS: &[Self] = workloads_and![];

    /// Those, and Services.
    pub const WORKLOADS_AND_SERVICES: &[Self] = workloads_and![Service];

    /// Those that run pods until they are told otherwise, or done, and Pods.
    pub const RUNNING: &[Self] = &[
        Self::Deployment,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::ReplicaSet,
        Self::ReplicationController,
        Self::Job,
        Self::Pod,
    ];

    /// The routes of the Gateway API.
    pub const ROUTES: &[Self] = &[Self::HttpRoute, Self::GrpcRoute, Self::TcpRoute];

    /// The API group; empty for the core group.
    #[must_use]
    pub fn group(self) -> &'static str {
        self.names().group
    }

    /// The version that is read from a cluster.
    #[must_use]
    pub fn version(self) -> &'static str {
        self.names().version
    }

    /// Group and version as in a manifest.
    #[must_use]
    pub fn api_version(self) -> String {
        match self.group() {
            "" => self.version().to_owned(),
            group => format!("{group}/{}", self.version()),
        }
    }

    /// The kind's name, as in a manifest.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names().kind
    }

    /// The resource's name in URLs and RBAC rules.
    #[must_use]
    pub fn plural(self) -> &'static str {
        self.names().plural
    }

    /// Its name in metrics and logs: with the group where another kind may have the same name.
    #[must_use]
    pub fn label(self) -> Cow<'static, str> {
        match self {
            Self::Named(_) => format!("{}.{}", self.name(), self.group()).into(),
            known => known.name().into(),
        }
    }

    /// The kind that a path of the API server is about.
    #[must_use]
    pub fn of_path(group: &str, plural: &str) -> Option<Self> {
        let mut known = Self::ALL.into_iter().chain(Self::named());
        known.find(|kind| (kind.group(), kind.plural()) == (group, plural))
    }

    /// The kind of a resource, which may be called by the kind, too. The core group goes first: pods
    /// are also what is measured of them.
    #[must_use]
    pub fn of_resource(resource: &str) -> Option<Self> {
        let is_meant =
            |kind: &Self| kind.plural() == resource || kind.name().eq_ignore_ascii_case(resource);
        let mut meant = Self::ALL.into_iter().filter(is_meant);
        let first = meant.next();
        first.into_iter().chain(meant).find(|kind| kind.group().is_empty()).or(first)
    }

    /// Whether objects of this kind live in a namespace.
    #[must_use]
    pub fn is_namespaced(self) -> bool {
        matches!(self.names().scope, Scope::Namespaced)
    }

    /// Whether objects of this kind have a pod template, or are pods.
    #[must_use]
    pub fn is_workload(self) -> bool {
        Self::WORKLOADS.contains(&self)
    }

    /// Whether a cluster may do without this kind: where it is not served, there are no objects.
    #[must_use]
    pub fn is_optional(self) -> bool {
        OPTIONAL_GROUPS.contains(&self.group()) || matches!(self, Self::Named(_))
    }

    /// Whether the API server only lists this kind, and cannot watch it.
    #[must_use]
    pub const fn is_polled(self) -> bool {
        matches!(self, Self::PodMetrics | Self::NodeMetrics)
    }

    /// Whether reading this kind takes a right that is not given by default.
    #[must_use]
    pub const fn needs_grant(self) -> bool {
        matches!(self, Self::Secret)
    }

    /// Whether checks of every object have this kind read for themselves. What is secret, large,
    /// changes all the time, or is not part of Kubernetes is only judged where another check has it
    /// read.
    #[must_use]
    pub fn is_common(self) -> bool {
        !self.is_optional()
            && !matches!(self, Self::Secret | Self::ConfigMap | Self::EndpointSlice | Self::Other)
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
pub struct KindSet(u128);

impl KindSet {
    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind.position();
    }

    /// Whether the kind is in the set.
    #[must_use]
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind.position()) != 0
    }

    /// The kinds of the set, in the order of [`Kind::ALL`], and then those that were named.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        let all = Kind::ANY.iter().copied().chain(Kind::named());
        all.filter(move |kind| self.contains(*kind))
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
