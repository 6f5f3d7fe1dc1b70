//! Field managers: what a real API server records of writers is read as who writes an object in which
//! API version. An autoscaler can be written as `autoscaling/v1`, and is read as `autoscaling/v2`.

use control_plane::ControlPlane;
use holystone::model::{Kind, decode};
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};

const OLD: &str = "v1";
const NEW: &str = "v2";

fn api(client: &Client, version: &str) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("autoscaling", version, "HorizontalPodAutoscaler");
    Api::namespaced_with(client.clone(), "default", &ApiResource::from_gvk(&kind))
}

fn autoscaler(version: &str, name: &str, most: u32) -> Value {
    json!({
        "apiVersion": format!("autoscaling/{version}"), "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": 2, "maxReplicas": most,
        },
    })
}

/// Who writes an autoscaler in another version than the one that is read.
async fn writers(client: &Client, name: &str) -> Vec<String> {
    let object = api(client, NEW).get(name).await.expect("it is there");
    let json = serde_json::to_string(&object).expect("JSON came in, JSON goes out");
    let object =
        decode(Kind::HorizontalPodAutoscaler, &json).expect("it has the shape of its kind");
    object.written_versions().skip(1).map(|written| written.to_string()).collect()
}

async fn apply(client: &Client, version: &str, name: &str) {
    let parameters = PatchParams::apply("argocd-controller").force();
    let manifest = Patch::Apply(autoscaler(version, name, 5));
    api(client, version).patch(name, &parameters, &manifest).await.expect("it is applied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_is_told_until_it_writes_another_version() {
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = &plane.client();

    apply(client, OLD, "applied").await;
    assert_eq!(
        writers(client, "applied").await,
        ["written by `argocd-controller` as `autoscaling/v1` HorizontalPodAutoscaler"]
    );
    apply(client, NEW, "applied").await;
    assert!(writers(client, "applied").await.is_empty());

    let helm = PostParams { field_manager: Some("helm".into()), ..PostParams::default() };
    let manifest = serde_json::from_value(autoscaler(OLD, "created", 5)).expect("it is an object");
    api(client, OLD).create(&helm, &manifest).await.expect("it is created");
    assert_eq!(
        writers(client, "created").await,
        ["written by `helm` as `autoscaling/v1` HorizontalPodAutoscaler"]
    );
    // One field changes hands; all others are still recorded as written in the old version.
    let helm = PatchParams { field_manager: Some("helm".into()), ..PatchParams::default() };
    let manifest = Patch::Merge(autoscaler(NEW, "created", 6));
    let object = api(client, NEW).patch("created", &helm, &manifest).await.expect("it is changed");
    let entries = object.metadata.managed_fields.unwrap_or_default();
    let versions: Vec<_> =
        entries.iter().filter_map(|entry| entry.api_version.as_deref()).collect();
    assert_eq!(versions, ["autoscaling/v1", "autoscaling/v2"]);
    assert!(writers(client, "created").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_a_status_is_not_told() {
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = &plane.client();
    apply(client, NEW, "web").await;
    let operator = PatchParams { field_manager: Some("operator".into()), ..PatchParams::default() };
    let status = Patch::Merge(json!({"status": {"currentReplicas": 3, "desiredReplicas": 3}}));
    let object = api(client, OLD).patch_status("web", &operator, &status).await.expect("it is set");
    let entries = object.metadata.managed_fields.unwrap_or_default();
    assert!(entries.iter().any(|entry| entry.subresource.as_deref() == Some("status")));
    assert!(writers(client, "web").await.is_empty());
}
