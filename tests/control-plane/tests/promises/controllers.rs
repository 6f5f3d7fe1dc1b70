//! What kube-controller-manager does when it is asked for.

use control_plane::{ControlPlane, Server};
use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet};
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::Api;
use kube::api::{DeleteParams, ListParams, ObjectMeta, PostParams};
use serde_json::{from_value, json};

use crate::deadline::eventually;

#[tokio::test]
async fn deployments_make_pods_and_namespaces_end_with_them() {
    let plane = ControlPlane::builder().controller_manager(true).start().await.unwrap();
    let namespaces: Api<Namespace> = Api::all(plane.client());
    let metadata = ObjectMeta { name: Some("shop".to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    namespaces.create(&PostParams::default(), &namespace).await.unwrap();

    let deployments: Api<Deployment> = Api::namespaced(plane.client(), "shop");
    let replica_sets: Api<ReplicaSet> = Api::namespaced(plane.client(), "shop");
    let pods: Api<Pod> = Api::namespaced(plane.client(), "shop");
    deployments.create(&PostParams::default(), &web()).await.unwrap();
    let count = async || pods.list(&ListParams::default()).await.unwrap().items.len();
    eventually("two pods", async || count().await == 2).await;
    assert_eq!(replica_sets.list(&ListParams::default()).await.unwrap().items.len(), 1);

    deployments.delete("web", &DeleteParams::background()).await.unwrap();
    eventually("the pods are collected", async || count().await == 0).await;

    plane.restart(Server::ControllerManager).await.unwrap();
    namespaces.delete("shop", &DeleteParams::default()).await.unwrap();
    eventually("the namespace is gone", async || {
        namespaces.get_opt("shop").await.unwrap().is_none()
    })
    .await;
}

fn web() -> Deployment {
    from_value(json!({
        "metadata": { "name": "web" },
        "spec": {
            "replicas": 2,
            "selector": { "matchLabels": { "app": "web" } },
            "template": {
                "metadata": { "labels": { "app": "web" } },
                "spec": { "containers": [{ "name": "web", "image": "nginx" }] },
            },
        },
    }))
    .unwrap()
}
