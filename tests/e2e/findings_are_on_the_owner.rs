//! What an owner runs is reported on the owner: a bare Pod that gets one is superseded, and Pods
//! and ReplicaSets of a custom owner are one item on that.

use holystone::api::State;
use serde_json::{Value, json};

use crate::support::{
    Cluster, ONLY_PRIVILEGED, PRIVILEGED, bare_pod, deployment, owned_by, target,
};

#[tokio::test]
async fn a_pod_that_gets_an_owner_is_superseded() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&bare_pod("shop", "adopted", true)).await;
    cluster.apply(&bare_pod("shop", "alone", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let adopted = target("", "Pod", "shop", "adopted");
    let alone = target("", "Pod", "shop", "alone");
    cluster.item_becomes(PRIVILEGED, &adopted, State::Open).await;
    cluster.item_becomes(PRIVILEGED, &alone, State::Open).await;

    cluster.apply(&replica_set("web", None)).await;
    let owner = target("apps", "ReplicaSet", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &owner, State::Open).await;
    let uid = cluster.object("apps/v1", "ReplicaSet", "shop", "web").uid().await;
    let pod = cluster.object("v1", "Pod", "shop", "adopted");
    pod.merge(owned_by("apps/v1", "ReplicaSet", "web", &uid)).await;
    cluster.item_is_resolved(PRIVILEGED, &adopted, "Superseded").await;

    // It lost its owner: it is a finding of its own again.
    pod.merge(json!({ "metadata": { "ownerReferences": null } })).await;
    let again = cluster.item_becomes(PRIVILEGED, &adopted, State::Open).await;
    assert_eq!(again.status.unwrap().policies, ["baseline"]);
    cluster.item_becomes(PRIVILEGED, &alone, State::Open).await;
}

#[tokio::test]
async fn a_custom_owner_gets_the_item() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let rollouts = rollout_definition();
    cluster.apply(&rollouts.to_string()).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    cluster.audited("baseline").await;

    let rollout = cluster.object("argoproj.io/v1alpha1", "Rollout", "shop", "web");
    let manifest = json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": { "name": "web", "namespace": "shop" },
    });
    cluster
        .eventually("rollouts are served", async || {
            cluster.definition_is_served("argoproj.io/v1alpha1", "rollouts").await.then_some(())
        })
        .await;
    cluster.apply(&manifest.to_string()).await;
    let uid = rollout.uid().await;
    for revision in ["web-1", "web-2"] {
        cluster.apply(&replica_set(revision, Some(&uid))).await;
        let replica_set = cluster.object("apps/v1", "ReplicaSet", "shop", revision);
        let pod = bare_pod("shop", &format!("{revision}-a"), true);
        let mut pod: Value = serde_json::from_str(&pod).unwrap();
        let uid = replica_set.uid().await;
        let owner = owned_by("apps/v1", "ReplicaSet", revision, &uid);
        pod["metadata"]["ownerReferences"] = owner["metadata"]["ownerReferences"].clone();
        cluster.apply(&pod.to_string()).await;
    }
    cluster.apply(&deployment("shop", "other", true)).await;
    let owner = target("argoproj.io", "Rollout", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &owner, State::Open).await;
    let other = target("apps", "Deployment", "shop", "other");
    cluster.item_becomes(PRIVILEGED, &other, State::Open).await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await.len(), 2);

    // The old revision is scaled down, the new one repaired.
    let scaled = cluster.object("apps/v1", "ReplicaSet", "shop", "web-1");
    scaled.merge(json!({ "spec": { "replicas": 0 } })).await;
    cluster.object("apps/v1", "ReplicaSet", "shop", "web-2").delete().await;
    let repaired = replica_set("web-3", Some(&uid));
    cluster.apply(&repaired.replace(r#""privileged":true"#, r#""privileged":false"#)).await;
    cluster.item_is_resolved(PRIVILEGED, &owner, "Fixed").await;
}

/// A ReplicaSet with a privileged container, of a Rollout or of nobody.
fn replica_set(name: &str, rollout: Option<&str>) -> String {
    let mut object: Value = serde_json::from_str(&deployment("shop", name, true)).unwrap();
    object["kind"] = "ReplicaSet".into();
    if let Some(uid) = rollout {
        let owner = owned_by("argoproj.io/v1alpha1", "Rollout", "web", uid);
        object["metadata"]["ownerReferences"] = owner["metadata"]["ownerReferences"].clone();
    }
    object.to_string()
}

fn rollout_definition() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": "rollouts.argoproj.io" },
        "spec": {
            "group": "argoproj.io",
            "names": { "kind": "Rollout", "plural": "rollouts", "singular": "rollout" },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1alpha1",
                "served": true,
                "storage": true,
                "schema": { "openAPIV3Schema": { "type": "object" } },
            }],
        },
    })
}
