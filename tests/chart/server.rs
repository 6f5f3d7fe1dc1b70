//! A real API server takes every object of every set of values, with all fields known, and lets the
//! pods into a namespace that enforces the restricted Pod Security Standard.

use std::time::Duration;

use control_plane::ControlPlane;
use kube::{
    Api, Client,
    api::{DynamicObject, Patch, PatchParams, ValidationDirective},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::{Value, json};

use crate::{
    manifests::key,
    tools::{Helm, helms, value_sets},
};

#[tokio::test]
async fn every_object_is_taken() {
    let Some(helm) = helms().into_iter().last() else { return };
    let plane = ControlPlane::start().await.expect("a control plane starts");
    let client = plane.client();
    for object in prerequisites() {
        apply(&client, &object, false).await;
    }
    for values in value_sets() {
        let objects = helm.render_set(&values);
        for definition in objects.of_kind("CustomResourceDefinition") {
            apply(&client, definition, false).await;
        }
        until_served(&client).await;
        for object in objects.0.values() {
            apply(&client, object, true).await;
        }
        assert!(objects.pod_templates().count() > 0);
        for template in objects.pod_templates() {
            admitted(&client, template).await;
        }
    }
    for refused in
        [json!({ "seccompProfile": null }), json!({ "runAsNonRoot": false, "runAsUser": 0 })]
    {
        let problem = refusal(&helm, &client, &refused).await;
        assert!(problem.contains("violates PodSecurity \"restricted:latest\""), "{problem}");
    }
}

/// The namespace, and the kinds of the Prometheus operator as far as the chart uses them.
fn prerequisites() -> Vec<Value> {
    let labels = json!({ "pod-security.kubernetes.io/enforce": "restricted" });
    let namespace = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": "holystone-system", "labels": labels },
    });
    let kinds: Vec<Value> =
        serde_saphyr::from_multiple(include_str!("prometheus-operator.yaml")).expect("it is YAML");
    [namespace].into_iter().chain(kinds).collect()
}

/// Applies an object; a field that the server does not know is an error.
async fn apply(client: &Client, object: &Value, dry_run: bool) {
    if let Err(error) = try_apply(client, object, dry_run).await {
        panic!("{}: {error}\n{object:#}", key(object));
    }
}

async fn try_apply(client: &Client, object: &Value, dry_run: bool) -> kube::Result<()> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (group, version) = text("/apiVersion").split_once('/').unwrap_or(("", text("/apiVersion")));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, text("/kind")));
    let api: Api<DynamicObject> = match text("/metadata/namespace") {
        "" => Api::all_with(client.clone(), &resource),
        namespace => Api::namespaced_with(client.clone(), namespace, &resource),
    };
    let parameters = PatchParams {
        dry_run,
        force: true,
        field_manager: Some("test".to_owned()),
        field_validation: Some(ValidationDirective::Strict),
    };
    api.patch(text("/metadata/name"), &parameters, &Patch::Apply(object)).await.map(|_| ())
}

/// Whether the pod of a template may run where the restricted standard is enforced.
async fn admitted(client: &Client, template: &Value) {
    apply(client, &pod(template), true).await;
}

fn pod(template: &Value) -> Value {
    let mut pod = template.clone();
    pod["apiVersion"] = json!("v1");
    pod["kind"] = json!("Pod");
    pod["metadata"]["name"] = json!("pod");
    pod["metadata"]["namespace"] = json!("holystone-system");
    pod["spec"]["priorityClassName"].take();
    pod
}

/// What the server says of a pod that is less confined.
async fn refusal(helm: &Helm, client: &Client, context: &Value) -> String {
    let objects = helm.render(&["--set-json", &format!("podSecurityContext={context}")]);
    let template = &objects.one("Deployment")["spec"]["template"];
    try_apply(client, &pod(template), true).await.expect_err("it is refused").to_string()
}

async fn until_served(client: &Client) {
    for path in [
        "/apis/holystone.dev/v1alpha1/actionitems",
        "/apis/holystone.dev/v1alpha1/auditpolicies",
        "/apis/monitoring.coreos.com/v1/podmonitors",
    ] {
        let request = || http::Request::get(path).body(Vec::new()).expect("it is a request");
        let served = async {
            while client.request_text(request()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), served).await.expect("it is served soon");
    }
}
