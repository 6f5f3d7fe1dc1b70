//! One object of the cluster, or of a file: its metadata and what its kind adds.

use std::{fmt, sync::Arc};

use compact_str::CompactString;
use jiff::Timestamp;
use serde::Deserialize;

use crate::schema::Fit;

use super::{
    AllowedRepos, ApiService, Binding, CiliumNetworkPolicy, ConfigMap, Credential,
    CustomResourceDefinition, EndpointSlice, Gateway, HorizontalPodAutoscaler, Ingress,
    IngressClass, Kind, Labels, LimitRange, List, NameReference, NetworkPolicy, Node, NodeMetrics,
    Origin, PersistentVolume, PersistentVolumeClaim, PodDisruptionBudget, PodMetrics, PodTrouble,
    PriorityClass, ReferenceGrant, ResourceQuota, Role, Route, ScaledObject, Secret, Service,
    ServiceMonitor, StorageClass, Tool, Uid, VerticalPodAutoscaler, VolumeAttachment,
    WebhookConfiguration, Workload,
};

/// Names one object: kind, namespace and name. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// The kind.
    pub kind: Kind,
    /// The namespace; empty for a cluster-scoped object.
    pub namespace: Arc<str>,
    /// The name.
    pub name: Arc<str>,
}

impl ObjectKey {
    /// The namespace of an object whose kind has one; it may be empty in a file.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.kind.is_namespaced().then_some(&*self.namespace)
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name } = self;
        if namespace.is_empty() {
            write!(formatter, "{kind} {name}")
        } else {
            write!(formatter, "{kind} {namespace}/{name}")
        }
    }
}

/// The part of `metadata` that is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Meta {
    /// The name; empty where a file gives none.
    pub name: CompactString,
    /// The namespace; absent for a cluster-scoped object, and often in files.
    pub namespace: Option<CompactString>,
    /// What tells it from others of the same name, before and after it.
    pub uid: Uid,
    /// The labels.
    pub labels: Labels,
    /// The annotations. Of the last applied manifest only its `apiVersion` is kept.
    pub annotations: Labels,
    /// Changes with every write of the object.
    pub resource_version: CompactString,
    /// When it was created.
    pub creation_timestamp: Option<Timestamp>,
    /// The number of its `spec`, which changes with that.
    pub generation: Option<i64>,
    /// When its deletion was asked for.
    pub deletion_timestamp: Option<Timestamp>,
    /// What must happen before it is gone.
    pub finalizers: List<CompactString>,
    /// The objects that it depends on.
    pub owner_references: List<OwnerReference>,
    /// Who writes the object in another version than the one it is read in.
    pub managed_fields: List<ManagedFields>,
    /// The tool that writes the object, as far as its field managers tell.
    #[serde(skip)]
    pub tool: Option<Tool>,
}

impl Meta {
    /// The owner that manages this object, if any.
    #[must_use]
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller)
    }

    /// When the status last became another one: writing the same again does not count.
    pub(super) fn status_written_at(&self) -> Option<Timestamp> {
        let status = self.managed_fields.iter().filter(|entry| entry.subresource == "status");
        status.filter_map(|entry| entry.time).max()
    }
}

/// One entry of `metadata.ownerReferences`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OwnerReference {
    /// Group and version of the owner.
    pub api_version: CompactString,
    /// Kind of the owner.
    pub kind: CompactString,
    /// Name of the owner.
    pub name: CompactString,
    /// Whether the owner manages the object.
    pub controller: bool,
}

impl OwnerReference {
    /// The API group of the owner; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// One entry of `metadata.managedFields`, without the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ManagedFields {
    /// Who wrote.
    pub manager: CompactString,
    /// `Apply` or `Update`.
    pub operation: CompactString,
    /// The version that was written.
    pub api_version: CompactString,
    /// What was written; empty for the object itself.
    pub subresource: CompactString,
    /// When; forgotten once it has been looked at.
    pub(super) time: Option<Timestamp>,
}

/// An object, decoded and defaulted.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// Group and version as they are written in a file, or as they are read from the cluster.
    pub api_version: CompactString,
    /// The kind as it is written; that of [`Kind::Other`] is known from here only.
    pub kind_name: CompactString,
    /// How it fits the schema of its version and kind.
    pub fit: Fit,
    /// Its metadata.
    pub meta: Meta,
    /// Credentials in plain text, wherever they stand.
    pub credentials: Box<[Credential]>,
    /// What its kind adds.
    pub body: Body,
    /// All of it as JSON, where a custom check wants to see that.
    pub whole: Option<Box<str>>,
}

impl Object {
    /// Where a role or binding is from.
    #[must_use]
    pub fn rbac_origin(&self) -> Origin {
        Origin::of(self.kind, &self.meta.name, &self.meta.labels)
    }

    /// Whether it is the Service of the API server, which stands for the cluster.
    #[must_use]
    pub fn is_api_server(&self) -> bool {
        self.kind == Kind::Service
            && self.meta.name == "kubernetes"
            && self.meta.namespace.as_deref() == Some("default")
    }

    /// What is wrong with it, if it is a Pod.
    #[must_use]
    pub fn trouble(&self) -> Option<Box<PodTrouble>> {
        match &self.body {
            Body::Workload(workload) => workload.trouble.clone(),
            _ => None,
        }
    }

    /// The API group as it is written; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Puts the object into a namespace, if it belongs into one and names none.
    pub fn set_namespace(&mut self, namespace: &str) {
        if self.kind.is_namespaced() {
            self.meta.namespace.get_or_insert_with(|| namespace.into());
        }
    }

    /// What names the object. Objects of other kinds share [`Kind::Other`].
    #[must_use]
    pub fn key(&self) -> ObjectKey {
        let namespace = self.meta.namespace.as_deref().filter(|_| self.kind.is_namespaced());
        ObjectKey {
            kind: self.kind,
            namespace: namespace.unwrap_or_default().into(),
            name: self.meta.name.as_str().into(),
        }
    }
}

/// What a kind adds to the metadata.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant holds the kind of that name")]
pub enum Body {
    /// Any kind with a pod template, and pods.
    Workload(Box<Workload>),
    Namespace(Namespace),
    Node(Node),
    ServiceAccount(ServiceAccount),
    /// A Role or a ClusterRole.
    Role(Role),
    /// A RoleBinding or a ClusterRoleBinding.
    Binding(Binding),
    Service(Service),
    Ingress(Ingress),
    NetworkPolicy(NetworkPolicy),
    PodDisruptionBudget(PodDisruptionBudget),
    HorizontalPodAutoscaler(HorizontalPodAutoscaler),
    ScaledObject(ScaledObject),
    VerticalPodAutoscaler(VerticalPodAutoscaler),
    ConfigMap(ConfigMap),
    Secret(Secret),
    ResourceQuota(ResourceQuota),
    LimitRange(LimitRange),
    PriorityClass(PriorityClass),
    PersistentVolumeClaim(PersistentVolumeClaim),
    PersistentVolume(PersistentVolume),
    StorageClass(StorageClass),
    VolumeAttachment(VolumeAttachment),
    IngressClass(IngressClass),
    EndpointSlice(EndpointSlice),
    /// A `ValidatingWebhookConfiguration` or a `MutatingWebhookConfiguration`.
    WebhookConfiguration(WebhookConfiguration),
    ApiService(ApiService),
    CustomResourceDefinition(CustomResourceDefinition),
    Gateway(Gateway),
    /// A route of the Gateway API.
    Route(Route),
    ReferenceGrant(ReferenceGrant),
    PodMetrics(PodMetrics),
    NodeMetrics(NodeMetrics),
    ServiceMonitor(ServiceMonitor),
    /// A `CiliumNetworkPolicy`, or one of the clusterwide kind.
    CiliumNetworkPolicy(CiliumNetworkPolicy),
    AllowedRepos(AllowedRepos),
    /// Nothing but the metadata: a `CSIDriver`, a `GatewayClass`, an object of another kind.
    Plain,
}

/// Whether a namespace belongs to Kubernetes, which keeps names with this prefix for itself.
#[must_use]
pub fn is_system_namespace(name: &str) -> bool {
    name.starts_with("kube-")
}

/// What is read of a Namespace beside its metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
pub struct Namespace {
    /// `Active` or `Terminating`.
    pub phase: CompactString,
}

/// What is read of a `ServiceAccount` beside its metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Whether pods of this account get its token; absent is yes.
    pub automount_service_account_token: Option<bool>,
    /// What its pods pull images with.
    pub image_pull_secrets: List<NameReference>,
    /// Secrets that its pods may mount.
    pub secrets: List<NameReference>,
}
