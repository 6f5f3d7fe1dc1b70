//! Objects in the words of manifests.

use holystone::{engine::Target, items::item_name};
use serde_json::{Value, json};

use super::{API_VERSION, OWN_NAMESPACE};

/// What an item may be about.
pub fn target(group: &str, kind: &str, namespace: &str, name: &str) -> Target {
    Target {
        group: group.into(),
        kind: kind.into(),
        namespace: namespace.into(),
        name: name.into(),
    }
}

/// The same, outside of any namespace.
pub fn cluster_target(group: &str, kind: &str, name: &str) -> Target {
    target(group, kind, "", name)
}

/// A Deployment with one container, privileged or not.
pub fn deployment(namespace: &str, name: &str, privileged: bool) -> String {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name, "namespace": namespace },
        "spec": {
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [container(privileged)] },
            },
        },
    })
    .to_string()
}

/// A Pod that nobody owns, with one container, privileged or not.
pub fn bare_pod(namespace: &str, name: &str, privileged: bool) -> String {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": { "name": name, "namespace": namespace, "labels": { "app": name } },
        "spec": { "containers": [container(privileged)] },
    })
    .to_string()
}

fn container(privileged: bool) -> Value {
    json!({
        "name": "app",
        "image": "registry.example.com/app:1",
        "securityContext": { "privileged": privileged },
    })
}

/// The metadata that says who controls an object.
pub fn owned_by(api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    let owner = json!({
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": true,
    });
    json!({ "metadata": { "ownerReferences": [owner] } })
}

/// A policy with the given `spec`, in YAML.
pub fn policy_manifest(name: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: {API_VERSION}, kind: AuditPolicy, metadata: {{name: {name}}}, spec: {spec}}}"
    )
}

/// An item as somebody may commit it before the finding exists. `spec` is added to what names the
/// finding.
pub fn item_manifest(check: &str, target: &Target, spec: &Value) -> Value {
    let mut item = json!({
        "apiVersion": API_VERSION,
        "kind": "ActionItem",
        "metadata": { "name": item_name(check, target, 0), "namespace": home(target) },
        "spec": { "check": check, "target": target.to_api() },
    });
    let more = spec.as_object().into_iter().flatten();
    more.for_each(|(field, value)| item["spec"][field] = value.clone());
    item
}

/// The namespace that items about a target live in.
pub(super) fn home(target: &Target) -> &str {
    match (&*target.namespace, &*target.kind) {
        ("", "Namespace") => &target.name,
        ("", _) => OWN_NAMESPACE,
        (namespace, _) => namespace,
    }
}

/// A custom resource of [`lamps`].
pub fn lamp(namespace: &str, name: &str, size: u32) -> String {
    let metadata = json!({ "name": name, "namespace": namespace });
    json!({ "apiVersion": "shop.example.com/v1", "kind": "Lamp", "metadata": metadata,
        "spec": { "size": size } })
    .to_string()
}

/// The definition of lamps in these versions, of which the first is stored.
pub fn lamps(versions: &[&str]) -> String {
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    let version = |(index, name): (usize, &&str)| {
        json!({ "name": name, "served": true, "storage": index == 0,
            "schema": { "openAPIV3Schema": schema } })
    };
    let versions: Vec<Value> = versions.iter().enumerate().map(version).collect();
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": "lamps.shop.example.com" },
        "spec": {
            "group": "shop.example.com",
            "names": { "kind": "Lamp", "plural": "lamps", "singular": "lamp" },
            "scope": "Namespaced",
            "versions": versions,
        },
    })
    .to_string()
}
