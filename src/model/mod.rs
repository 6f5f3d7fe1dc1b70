//! What checks look at: our own lean types, named as the Kubernetes API names its fields, holding
//! only what some check reads, after the API server's defaults have been applied.

mod addon_api;
mod addons;
mod advisory;
mod apart;
mod api_lifecycle;
mod autoscaling;
mod change;
mod cidr;
mod cilium;
mod cluster;
mod cluster_network;
mod cluster_nodes;
mod cluster_pods;
mod cluster_scaling;
mod cluster_storage;
mod cluster_tenancy;
mod cluster_usage;
mod cluster_uses;
mod configuration;
mod credential;
mod cron;
mod crontab;
mod decode;
mod defaults;
mod deployed;
mod derived;
mod extension;
mod facts;
mod gateway;
mod image;
mod ingress;
mod keys;
mod kind;
mod lenient;
mod limits;
mod mirror;
mod naming;
mod network_policy;
mod node;
mod object;
mod pod;
mod pod_security;
mod policy;
mod privilege;
mod probe;
mod quantity;
mod rbac;
mod reference;
mod release;
mod required;
mod rollout;
mod scheduling;
mod security;
mod selector;
mod service;
mod storage;
mod traffic;
mod trouble;
mod uid;
mod usage;
mod volume;
mod workload;
mod workload_facts;
mod written;

pub use addon_api::RemovedAddonApi;
pub use addons::{AllowedRepos, AllowedReposParameters, NamespaceNames, ServiceMonitor};
pub use advisory::{Advisory, Version, Vulnerabilities, parse_version, show_version};
pub use api_lifecycle::ApiLifecycle;
pub use autoscaling::{
    ContainerRecommendation, HorizontalPodAutoscaler, Recommendation, ScaleMetric, ScaleTarget,
    ScaledObject, VerticalPodAutoscaler, VerticalSpec, VerticalStatus,
};
pub use change::Change;
pub use cidr::Cidr;
pub use cilium::{CiliumEndpoint, CiliumNetworkPolicy, CiliumRule, CiliumSpec, DefaultDeny};
pub use cluster::Cluster;
pub use cluster_scaling::{Bounds, Found};
pub use cluster_usage::Size;
pub use configuration::{ConfigMap, Secret};
pub use credential::{Credential, credential, is_named_secret};
pub use cron::Cron;
pub use crontab::{Crontab, CrontabError, is_time_zone};
pub use decode::{DecodeError, decode, decode_meta, decode_pod_state};
pub use deployed::{BuiltFrom, Deployed, Deployer, Place, Tool};
pub use extension::{
    ApiService, ClientConfig, Conversion, ConversionWebhook, CustomResourceDefinition,
    MatchCondition, ResourceNames, ResourceVersion, ServiceReference, Webhook,
    WebhookConfiguration, WebhookRule,
};
pub use facts::{
    ConfigurationFacts, EndpointSliceFacts, FactBody, Facts, NamespaceFacts, RoleFacts, Whole,
};
pub use gateway::{
    BackendReference, Gateway, GrantedFrom, GrantedTo, Listener, ListenerTls, ObjectReference,
    ParentReference, ReferenceGrant, Route, RouteRule,
};
pub use image::Image;
pub use ingress::{
    BackendPlace, BackendPort, Ingress, IngressBackend, IngressClass, IngressPath, IngressRule,
    IngressStatus, IngressTls, LoadBalancerPoint, LoadBalancerStatus, PortStatus,
};
pub(crate) use kind::workloads_and;
pub use kind::{Kind, KindSet, NamedKind};
pub(crate) use lenient::LAST_APPLIED;
pub use lenient::{IntOrString, Labels, List};
pub use limits::{LimitRange, LimitRangeItem, PriorityClass, ResourceQuota};
pub use naming::Named;
pub use network_policy::{Direction, IpBlock, NetworkPolicy, Peer, TrafficPort, TrafficRule};
pub use node::{ContainerImage, Node, NodeCondition, NodeInfo, NodeSpec, Taint};
pub use object::{
    Body, ManagedFields, Meta, Namespace, Object, ObjectKey, OwnerReference, ServiceAccount,
    is_system_namespace,
};
pub use pod::{
    AppArmorProfile, Capabilities, Container, ContainerKind, ContainerPort, DnsConfig, DnsOption,
    EnvFrom, EnvVar, HostAlias, KeyReference, NameReference, PodOs, PodSecurityContext, PodSpec,
    ResourceRequirements, SeLinuxOptions, SeccompProfile, SecurityContext, Sysctl, ValueFrom,
    VolumeMount, WindowsOptions,
};
pub use pod_security::{Control, PodSecurity, PodSecurityLevel, pod_security_version};
pub use policy::PodDisruptionBudget;
pub use probe::{Exec, Grpc, Handler, HttpGet, HttpHeader, Lifecycle, Probe, Sleep, TcpSocket};
pub use quantity::Quantity;
pub use rbac::{
    ABOVE_RBAC, AUTHENTICATED, AggregationRule, Asked, Binding, Caller, Carriers, Decision,
    HeldPower, Origin, PolicyRule, Power, Rbac, Reach, Reaches, Request, Role, RoleRef,
    SERVICE_ACCOUNTS, SYSTEM_NAMESPACE, Span, Subject, UNAUTHENTICATED, Who,
};
pub use reference::{Reference, ReferencePlace};
pub use release::{MinorVersion, NoMinorVersion, Release};
pub use required::{Lack, MetaField, RequiredKey, ValuePattern};
pub use rollout::{Break, RollingUpdate, Shortage, Strategy};
pub use scheduling::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorTerm, PodAffinity, PodAffinityTerm,
    PreferredNodes, PreferredPods, Toleration, TopologySpreadConstraint,
};
pub use security::{AppArmorAnnotation, Security};
pub use selector::{LabelSelector, Requirement};
pub use service::{Endpoint, EndpointConditions, EndpointSlice, Service, ServicePort};
pub use storage::{
    AttachedVolume, ClaimMeta, ClaimReference, ClaimResources, ClaimSpec, CsiVolume,
    PersistentVolume, PersistentVolumeClaim, Phase, StorageClass, VolumeAttachment, VolumeSpec,
};
pub use trouble::{Course, Illness, PodTrouble, Restart};
pub use uid::Uid;
pub use usage::{Amount, ContainerUsage, NodeMetrics, PodMetrics, PodUsage, Usage};
pub use volume::{
    ClaimSource, ClaimTemplate, CsiSource, EmptyDir, EphemeralSource, HostPath, KeyToPath,
    NamedSource, ProjectedSource, Projection, SecretSource, TokenProjection, Volume, VolumeSource,
};
pub use workload::{Placed, PlacedMount, PodTemplate, TemplateMeta, Workload};
pub use workload_facts::{ContainerPortFact, ContainerResources, ImageFact, WorkloadFacts};
pub use written::{Writer, Written};
