//! From JSON to our types: one object at a time, so that a bad one spoils nothing else.

use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Binding, Body, HorizontalPodAutoscaler, Ingress, Kind, List, Meta, Namespace, NetworkPolicy,
    Node, Object, PodDisruptionBudget, PodSpec, PodTemplate, Role, Service, ServiceAccount,
    Workload, workload::TemplateMeta,
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
    let mut object = match kind {
        Kind::Pod => read_pod(json),
        Kind::CronJob => read_cron_job(json),
        Kind::PodTemplate => read_pod_template(json),
        kind if kind.is_workload() => read_templated(kind, json),
        Kind::Namespace => read_status::<Namespace>(kind, json, Body::Namespace),
        Kind::Node => read_status::<Node>(kind, json, Body::Node),
        Kind::ServiceAccount => read_flat::<ServiceAccount>(kind, json, Body::ServiceAccount),
        Kind::ClusterRole | Kind::Role => read_flat::<Role>(kind, json, Body::Role),
        Kind::ClusterRoleBinding | Kind::RoleBinding => {
            read_flat::<Binding>(kind, json, Body::Binding)
        }
        Kind::Service => read_spec::<Service>(kind, json, Body::Service),
        Kind::Ingress => read_spec::<Ingress>(kind, json, Body::Ingress),
        Kind::NetworkPolicy => read_spec::<NetworkPolicy>(kind, json, Body::NetworkPolicy),
        Kind::PodDisruptionBudget => {
            read_spec::<PodDisruptionBudget>(kind, json, Body::PodDisruptionBudget)
        }
        _ => read_spec::<HorizontalPodAutoscaler>(kind, json, Body::HorizontalPodAutoscaler),
    }?;
    object.apply_defaults();
    Ok(object)
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

/// The second pass, which finds the field, is only paid for where the first one failed.
fn read<T: DeserializeOwned>(kind: Kind, json: &str) -> Result<T, DecodeError> {
    serde_json::from_str(json).or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| DecodeError { kind, field: error.path().to_string() })
    })
}

#[derive(Default, Deserialize)]
#[serde(default, bound = "T: Deserialize<'de> + Default")]
struct WithSpec<T> {
    metadata: Meta,
    spec: T,
}

#[derive(Default, Deserialize)]
#[serde(default, bound = "T: Deserialize<'de> + Default")]
struct WithStatus<T> {
    metadata: Meta,
    status: T,
}

#[derive(Default, Deserialize)]
#[serde(default, bound = "T: Deserialize<'de> + Default")]
struct Flat<T> {
    metadata: Meta,
    #[serde(flatten)]
    rest: T,
}

fn read_spec<T: DeserializeOwned + Default>(
    kind: Kind,
    json: &str,
    body: fn(T) -> Body,
) -> Result<Object, DecodeError> {
    let WithSpec { metadata: meta, spec } = read::<WithSpec<T>>(kind, json)?;
    Ok(Object { kind, meta, body: body(spec) })
}

fn read_status<T: DeserializeOwned + Default>(
    kind: Kind,
    json: &str,
    body: fn(T) -> Body,
) -> Result<Object, DecodeError> {
    let WithStatus { metadata: meta, status } = read::<WithStatus<T>>(kind, json)?;
    Ok(Object { kind, meta, body: body(status) })
}

fn read_flat<T: DeserializeOwned + Default>(
    kind: Kind,
    json: &str,
    body: fn(T) -> Body,
) -> Result<Object, DecodeError> {
    let Flat { metadata: meta, rest } = read::<Flat<T>>(kind, json)?;
    Ok(Object { kind, meta, body: body(rest) })
}

fn workload(kind: Kind, meta: &Meta, template: PodTemplate) -> Workload {
    Workload {
        kind,
        labels: meta.labels.clone(),
        annotations: meta.annotations.clone(),
        template,
        replicas: None,
        finished_at: None,
        ttl_seconds_after_finished: None,
    }
}

fn read_pod(json: &str) -> Result<Object, DecodeError> {
    let WithSpec { metadata: meta, spec } = read::<WithSpec<PodSpec>>(Kind::Pod, json)?;
    let metadata =
        TemplateMeta { labels: meta.labels.clone(), annotations: meta.annotations.clone() };
    let body = workload(Kind::Pod, &meta, PodTemplate { metadata, spec });
    Ok(Object { kind: Kind::Pod, meta, body: Body::Workload(Box::new(body)) })
}

fn read_pod_template(json: &str) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Standalone {
        metadata: Meta,
        template: PodTemplate,
    }
    let Standalone { metadata: meta, template } = read(Kind::PodTemplate, json)?;
    let body = workload(Kind::PodTemplate, &meta, template);
    Ok(Object { kind: Kind::PodTemplate, meta, body: Body::Workload(Box::new(body)) })
}

fn read_templated(kind: Kind, json: &str) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Templated {
        metadata: Meta,
        spec: Spec,
        status: Status,
    }
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Spec {
        template: PodTemplate,
        replicas: Option<i32>,
        ttl_seconds_after_finished: Option<i64>,
    }
    /// Of a Job; other kinds leave it empty.
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Status {
        conditions: List<Condition>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Condition {
        #[serde(rename = "type")]
        kind: String,
        status: String,
        last_transition_time: Option<Timestamp>,
    }
    let Templated { metadata: meta, spec, status } = read::<Templated>(kind, json)?;
    let finished = status.conditions.iter().find(|condition| {
        matches!(condition.kind.as_str(), "Complete" | "Failed") && condition.status == "True"
    });
    let body = Workload {
        replicas: spec.replicas,
        finished_at: finished
            .filter(|_| kind == Kind::Job)
            .and_then(|condition| condition.last_transition_time)
            .map(Timestamp::as_second),
        ttl_seconds_after_finished: spec.ttl_seconds_after_finished,
        ..workload(kind, &meta, spec.template)
    };
    Ok(Object { kind, meta, body: Body::Workload(Box::new(body)) })
}

fn read_cron_job(json: &str) -> Result<Object, DecodeError> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Spec {
        job_template: JobTemplate,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct JobTemplate {
        spec: JobSpec,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct JobSpec {
        template: PodTemplate,
    }
    let WithSpec { metadata: meta, spec } = read::<WithSpec<Spec>>(Kind::CronJob, json)?;
    let body = workload(Kind::CronJob, &meta, spec.job_template.spec.template);
    Ok(Object { kind: Kind::CronJob, meta, body: Body::Workload(Box::new(body)) })
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
