//! From JSON to our types: one object at a time, so that a bad one spoils nothing else.

mod workload;

use compact_str::CompactString;
use serde::{Deserialize, de::DeserializeOwned};

use crate::schema::Fit;

use self::workload::{read_cron_job, read_pod, read_pod_template, read_templated};
use super::{
    Body, Ingress, IngressStatus, Kind, Meta, Node, NodeSpec, Object, PodTrouble,
    credential::credentials, trouble::PodStatus,
};

/// An object that does not have the shape of its kind. It never holds a value of the object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("field `{field}` is not what a {kind} has there")]
pub struct DecodeError {
    /// The kind that was expected.
    pub kind: Kind,
    /// Path of the field that could not be read, for example `spec.replicas`; `.` for the whole.
    pub field: String,
}

/// Reads an object of a known kind and applies the API server's defaults.
pub fn decode(kind: Kind, json: &str) -> Result<Object, DecodeError> {
    let mut object = read_body(kind, json)?;
    let Object { meta, api_version, .. } = &mut object;
    meta.keep_other_writers(api_version);
    object.credentials = credentials(kind, json);
    object.derive();
    object.apply_defaults();
    Ok(object)
}

fn read_body(kind: Kind, json: &str) -> Result<Object, DecodeError> {
    use Body as B;
    match kind {
        Kind::Pod => read_pod(json),
        Kind::CronJob => read_cron_job(json),
        Kind::PodTemplate => read_pod_template(json),
        Kind::Deployment
        | Kind::StatefulSet
        | Kind::DaemonSet
        | Kind::ReplicaSet
        | Kind::ReplicationController
        | Kind::Job => read_templated(kind, json),
        Kind::Namespace => read_status(kind, json, B::Namespace),
        Kind::Node => read_node(json),
        Kind::ServiceAccount => read_flat(kind, json, B::ServiceAccount),
        Kind::ClusterRole | Kind::Role => read_flat(kind, json, B::Role),
        Kind::ClusterRoleBinding | Kind::RoleBinding => read_flat(kind, json, B::Binding),
        Kind::ConfigMap => read_flat(kind, json, B::ConfigMap),
        Kind::Secret => read_flat(kind, json, B::Secret),
        Kind::ResourceQuota => read_spec(kind, json, B::ResourceQuota),
        Kind::LimitRange => read_spec(kind, json, B::LimitRange),
        Kind::PriorityClass => read_flat(kind, json, B::PriorityClass),
        Kind::PersistentVolumeClaim => read_flat(kind, json, B::PersistentVolumeClaim),
        Kind::PersistentVolume => read_flat(kind, json, B::PersistentVolume),
        Kind::StorageClass => read_flat(kind, json, B::StorageClass),
        Kind::VolumeAttachment => read_spec(kind, json, B::VolumeAttachment),
        Kind::Service => read_spec(kind, json, B::Service),
        Kind::EndpointSlice => read_flat(kind, json, B::EndpointSlice),
        Kind::IngressClass => read_spec(kind, json, B::IngressClass),
        Kind::Ingress => read_ingress(json),
        Kind::NetworkPolicy => read_spec(kind, json, B::NetworkPolicy),
        Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy => {
            read_flat(kind, json, B::CiliumNetworkPolicy)
        }
        Kind::PodDisruptionBudget => read_spec(kind, json, B::PodDisruptionBudget),
        Kind::HorizontalPodAutoscaler => read_spec(kind, json, B::HorizontalPodAutoscaler),
        Kind::VerticalPodAutoscaler => read_flat(kind, json, B::VerticalPodAutoscaler),
        Kind::ScaledObject => read_spec(kind, json, B::ScaledObject),
        Kind::ValidatingWebhookConfiguration | Kind::MutatingWebhookConfiguration => {
            read_flat(kind, json, B::WebhookConfiguration)
        }
        Kind::ApiService => read_spec(kind, json, B::ApiService),
        Kind::CustomResourceDefinition => read_spec(kind, json, B::CustomResourceDefinition),
        Kind::Gateway => read_spec(kind, json, B::Gateway),
        Kind::HttpRoute | Kind::GrpcRoute | Kind::TcpRoute => read_spec(kind, json, B::Route),
        Kind::ReferenceGrant => read_spec(kind, json, B::ReferenceGrant),
        Kind::PodMetrics => read_flat(kind, json, B::PodMetrics),
        Kind::NodeMetrics => read_flat(kind, json, B::NodeMetrics),
        Kind::ServiceMonitor => read_spec(kind, json, B::ServiceMonitor),
        Kind::AllowedRepos => read_spec(kind, json, B::AllowedRepos),
        Kind::CsiDriver | Kind::GatewayClass | Kind::Other | Kind::Named(_) => {
            read_plain(kind, json)
        }
    }
}

/// Reads only the metadata of an object.
pub fn decode_meta(kind: Kind, json: &str) -> Result<Meta, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct OnlyMeta {
        metadata: Meta,
    }
    read::<OnlyMeta>(kind, json).map(|object| object.metadata)
}

/// Reads what tells whether a pod is well, whoever stands for it.
pub fn decode_pod_state(json: &str) -> Result<(Meta, Option<PodTrouble>), DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Pod {
        metadata: Meta,
        spec: Spec,
        status: PodStatus,
    }
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Spec {
        restart_policy: Option<CompactString>,
    }
    let Pod { metadata, spec, status } = read(Kind::Pod, json)?;
    let trouble = status.trouble(&metadata, spec.restart_policy.as_deref() != Some("Never"));
    Ok((metadata, trouble))
}

/// The second pass, which finds the field, is only paid for where the first one failed.
fn read<T: DeserializeOwned>(kind: Kind, json: &str) -> Result<T, DecodeError> {
    serde_json::from_str(json).or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| DecodeError { kind, field: error.path().to_string() })
    })
}

/// What every object has. Items of a list and of a watch do not say what they are.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Head {
    api_version: CompactString,
    #[serde(rename = "kind")]
    kind_name: CompactString,
    metadata: Meta,
}

/// An object whose content is its `spec`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound = "T: Deserialize<'de> + Default")]
struct WithSpec<T> {
    api_version: CompactString,
    #[serde(rename = "kind")]
    kind_name: CompactString,
    metadata: Meta,
    spec: T,
}

impl<T> WithSpec<T> {
    fn split(self) -> (Head, T) {
        let Self { api_version, kind_name, metadata, spec } = self;
        (Head { api_version, kind_name, metadata }, spec)
    }
}

/// What is not said is taken from the kind that was asked for.
fn object(kind: Kind, head: Head, body: Body) -> Object {
    let Head { mut api_version, mut kind_name, metadata: meta } = head;
    if api_version.is_empty() {
        api_version = kind.api_version().into();
    }
    if kind_name.is_empty() {
        kind_name = kind.name().into();
    }
    let (fit, credentials) = (Fit::Taken, Box::default());
    Object { kind, api_version, kind_name, fit, meta, credentials, body, whole: None }
}

fn read_spec<T: DeserializeOwned + Default>(
    kind: Kind,
    json: &str,
    body: fn(T) -> Body,
) -> Result<Object, DecodeError> {
    let (head, spec) = read::<WithSpec<T>>(kind, json)?.split();
    Ok(object(kind, head, body(spec)))
}

fn read_status<T: DeserializeOwned + Default>(
    kind: Kind,
    json: &str,
    body: fn(T) -> Body,
) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default, bound = "T: Deserialize<'de> + Default")]
    struct WithStatus<T> {
        status: T,
    }
    read_flat(kind, json, |WithStatus { status }| body(status))
}

fn read_node(json: &str) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Parts {
        spec: NodeSpec,
        status: Node,
    }
    let body = |Parts { spec, status }| Body::Node(Node { spec, ..status });
    read_flat(Kind::Node, json, body)
}

/// The content stands beside the metadata, in several fields: it is read by itself, for to gather
/// unknown fields would copy them.
fn read_flat<T: DeserializeOwned>(
    kind: Kind,
    json: &str,
    body: impl FnOnce(T) -> Body,
) -> Result<Object, DecodeError> {
    let head = read::<Head>(kind, json)?;
    Ok(object(kind, head, body(read(kind, json)?)))
}

fn read_ingress(json: &str) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Full {
        spec: Ingress,
        status: IngressStatus,
    }
    read_flat(Kind::Ingress, json, |Full { spec, status }| {
        Body::Ingress(Ingress { status, ..spec })
    })
}

fn read_plain(kind: Kind, json: &str) -> Result<Object, DecodeError> {
    Ok(object(kind, read(kind, json)?, Body::Plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_is_named_and_its_value_is_not() {
        let json = r#"{"metadata": {"name": "web"}, "spec": {"replicas": "hunter2"}}"#;
        let error = decode(Kind::Deployment, json).unwrap_err();
        assert_eq!(error.field, "spec.replicas");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn rules_may_be_null() {
        let object = decode(Kind::ClusterRole, r#"{"metadata": {"name": "x"}, "rules": null}"#);
        assert!(matches!(object.unwrap().body, Body::Role(role) if role.rules.is_empty()));
    }

    #[test]
    fn templates_are_found_in_every_kind() {
        let spec = r#"{"containers": [{"name": "app"}]}"#;
        for (kind, json) in [
            (Kind::Pod, format!(r#"{{"spec": {spec}}}"#)),
            (Kind::Deployment, format!(r#"{{"spec": {{"template": {{"spec": {spec}}}}}}}"#)),
            (Kind::PodTemplate, format!(r#"{{"template": {{"spec": {spec}}}}}"#)),
            (
                Kind::CronJob,
                format!(
                    r#"{{"spec": {{"jobTemplate": {{"spec": {{"template": {{"spec": {spec}}}}}}}}}}}"#
                ),
            ),
        ] {
            let Body::Workload(workload) = decode(kind, &json).unwrap().body else { panic!() };
            let places: Vec<_> = workload.all_containers().map(|place| place.path("")).collect();
            assert_eq!(places, [format!("{}/containers/0", workload.spec_path())]);
        }
    }
}
