//! What is asked about: an object, and the namespace that it is sent to.

use holystone::model::{Kind, Object, decode};
use serde_json::{Value, json};

use super::pods::{Start, any_ephemeral_container, any_pod};
use crate::random::Random;

pub const LEVELS: [&str; 2] = ["baseline", "restricted"];

/// Values of `enforce-version`: where rules change, the version before, and some others. The empty
/// one is no label.
pub const VERSIONS: [&str; 19] = [
    "", "latest", "v1.99", "v1.36", "v1.35", "v1.34", "v1.32", "v1.31", "v1.29", "v1.27", "v1.25",
    "v1.24", "v1.23", "v1.22", "v1.19", "v1.18", "v1.8", "v1.7", "v1.0",
];

/// How an object is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// It is created, where the level is enforced.
    Pod,
    /// It is created, where the level warns.
    Deployment,
    /// They are added to a Pod that exists, where the level is enforced.
    EphemeralContainers,
}

pub struct Case {
    pub form: Form,
    pub level: &'static str,
    pub version: &'static str,
    /// The minor version that the server judges at.
    pub minor: u16,
    pub namespace: String,
    pub object: Value,
}

impl Case {
    pub fn any(random: &mut Random, server_minor: u16) -> Self {
        let (level, version) = (random.choose(&LEVELS), random.choose(&VERSIONS));
        let form = match random.below(10) {
            0 => Form::EphemeralContainers,
            1..=5 => Form::Pod,
            _ => Form::Deployment,
        };
        let object = match form {
            Form::Pod => named(any_pod(random), "pod"),
            Form::Deployment => deployment(any_pod(random)),
            Form::EphemeralContainers => {
                let mut pod = existing_pods()[random.below(2)].clone();
                pod["spec"]["ephemeralContainers"] = json!([any_ephemeral_container(random)]);
                pod
            }
        };
        let minor = version.strip_prefix("v1.").map(|minor| minor.parse().expect("it is a number"));
        let minor = minor.unwrap_or(server_minor).min(server_minor);
        Self { form, level, version, minor, namespace: namespace(level, version), object }
    }

    /// An object as we read it, as it was sent or as the server stores it.
    pub fn decoded(&self, object: &Value) -> Object {
        let mut object = object.clone();
        object["metadata"]["namespace"] = self.namespace.as_str().into();
        let kind = if self.form == Form::Deployment { Kind::Deployment } else { Kind::Pod };
        decode(kind, &object.to_string()).expect("the object can be decoded")
    }
}

fn deployment(mut template: Value) -> Value {
    template["metadata"]["labels"] = json!({ "app": "web" });
    json!({
        "metadata": { "name": "web" },
        "spec": { "selector": { "matchLabels": { "app": "web" } }, "template": template },
    })
}

fn named(mut pod: Value, name: &str) -> Value {
    pod["metadata"]["name"] = name.into();
    pod
}

/// The Pods that exist in each namespace.
pub fn existing_pods() -> [Value; 2] {
    [named(Start::Clean.pod(), "clean"), named(Start::OwnUsers.pod(), "own-users")]
}

pub fn namespace(level: &str, version: &str) -> String {
    let version = if version.is_empty() { "unlabelled" } else { version };
    format!("{level}-{}", version.replace('.', "-"))
}

/// A Namespace that enforces a level, and so warns of it too.
pub fn namespace_object(level: &str, version: &str) -> Value {
    let mut labels = json!({ "pod-security.kubernetes.io/enforce": level });
    if !version.is_empty() {
        labels["pod-security.kubernetes.io/enforce-version"] = version.into();
    }
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": namespace(level, version), "labels": labels },
    })
}
