//! What checks look at: our own lean types, named as the Kubernetes API names its fields, holding
//! only what some check reads, after the API server's defaults have been applied.

mod autoscaling;
mod cluster;
mod decode;
mod defaults;
mod facts;
mod image;
mod kind;
mod lenient;
mod network;
mod node;
mod object;
mod pod;
mod policy;
mod power;
mod quantity;
mod rbac;
mod required;
mod security;
mod selector;
mod workload;

pub use autoscaling::{HorizontalPodAutoscaler, ScaleTarget};
pub use cluster::Cluster;
pub use decode::{DecodeError, decode, decode_meta};
pub use facts::{ContainerPortFact, FactBody, Facts, ImageFact, WorkloadFacts};
pub use image::Image;
pub use kind::{Kind, KindSet};
pub use lenient::{IntOrString, Labels, List};
pub use network::{
    BackendPort, Ingress, IngressBackend, IngressPath, IngressRule, IngressTls, NetworkPolicy,
    Service, ServicePort,
};
pub use node::{ContainerImage, Node};
pub use object::{Body, Meta, Namespace, Object, ObjectKey, OwnerReference, ServiceAccount};
pub use pod::{
    AppArmorProfile, Capabilities, Container, ContainerKind, ContainerPort, EnvFrom, EnvVar,
    Handler, HttpGet, KeyReference, Lifecycle, NameReference, PodOs, PodSecurityContext, PodSpec,
    Probe, ResourceRequirements, SeLinuxOptions, SeccompProfile, SecurityContext, Sysctl,
    TcpSocket, TopologySpreadConstraint, ValueFrom, Volume, VolumeMount, WindowsOptions,
};
pub use policy::PodDisruptionBudget;
pub use power::{Grant, Power};
pub use quantity::Quantity;
pub use rbac::{AggregationRule, Binding, PolicyRule, Role, RoleRef, Subject};
pub use required::{Lack, MetaField, RequiredKey, ValuePattern};
pub use security::Security;
pub use selector::{LabelSelector, Requirement};
pub use workload::{Placed, PodTemplate, TemplateMeta, Workload};
