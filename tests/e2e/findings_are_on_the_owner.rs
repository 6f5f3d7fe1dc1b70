//! What an owner runs is reported on the owner: a bare Pod that gets one is superseded, and Pods
//! and `ReplicaSets` of a custom owner are one item on that.

use std::time::Duration;

use holystone::api::State;
use serde_json::{Value, json};

use crate::support::{
    Cluster, Fault, ONLY_PRIVILEGED, PRIVILEGED, Proxy, bare_pod, deployment, owned_by, target,
};

#[tokio::test]
async fn a_pod_that_gets_an_owner_is_superseded() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&bare_pod("shop", "adopted", true)).await;
    cluster.apply(&bare_pod("shop", "alone", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let controller = cluster.controller();
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

    // It makes no difference that nobody looked when it happened, nor what is read first.
    controller.stop();
    cluster
        .object("v1", "Pod", "shop", "alone")
        .merge(owned_by("apps/v1", "ReplicaSet", "web", &uid))
        .await;
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Delay("/v1alpha1/actionitems?", Duration::from_secs(2))]);
    let _controller = proxy.controller_with(&[]);
    cluster.item_is_resolved(PRIVILEGED, &alone, "Superseded").await;
    cluster.item_becomes(PRIVILEGED, &adopted, State::Open).await;
}

#[tokio::test]
async fn a_custom_owner_gets_the_item() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    cluster.audited("baseline").await;
    let uid = custom_object(&cluster, "argoproj.io", "Rollout", None).await;
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

#[tokio::test]
async fn the_top_of_custom_owners_gets_the_item() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(RIGHTS).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    cluster.audited("baseline").await;

    let app = custom_object(&cluster, "example.com", "App", None).await;
    let owner = owned_by("example.com/v1alpha1", "App", "web", &app);
    let uid = custom_object(&cluster, "argoproj.io", "Rollout", Some(&owner)).await;
    cluster.apply(&replica_set("web-1", Some(&uid))).await;
    let top = target("example.com", "App", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &top, State::Open).await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await.len(), 1);

    // Gone one after the other, as the garbage collector takes them.
    for (api_version, kind, name) in [
        ("example.com/v1alpha1", "App", "web"),
        ("argoproj.io/v1alpha1", "Rollout", "web"),
        ("apps/v1", "ReplicaSet", "web-1"),
    ] {
        cluster.object(api_version, kind, "shop", name).delete().await;
    }
    cluster.item_is_resolved(PRIVILEGED, &top, "TargetDeleted").await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await.len(), 1, "nothing opens on the way");
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

/// Defines a kind and makes an object of it, called `web`; the answer is its uid.
async fn custom_object(
    cluster: &Cluster,
    group: &str,
    kind: &str,
    owner: Option<&Value>,
) -> String {
    let singular = kind.to_lowercase();
    let plural = format!("{singular}s");
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{plural}.{group}") },
        "spec": {
            "group": group,
            "names": { "kind": kind, "plural": plural, "singular": singular },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1alpha1",
                "served": true,
                "storage": true,
                "schema": { "openAPIV3Schema": { "type": "object" } },
            }],
        },
    });
    cluster.apply(&definition.to_string()).await;
    let api_version = format!("{group}/v1alpha1");
    cluster
        .eventually(&format!("{plural} are served"), async || {
            cluster.definition_is_served(&api_version, &plural).await.then_some(())
        })
        .await;
    let metadata = json!({ "name": "web", "namespace": "shop" });
    let mut object = json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata });
    if let Some(owner) = owner {
        object["metadata"]["ownerReferences"] = owner["metadata"]["ownerReferences"].clone();
    }
    cluster.apply(&object.to_string()).await;
    cluster.object(&api_version, kind, "shop", "web").uid().await
}

/// What an administrator adds to the controller's rights for custom owners.
const RIGHTS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: owners}
rules:
  - {apiGroups: [argoproj.io, example.com], resources: [rollouts, apps], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: owners}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: owners}
subjects: [{kind: ServiceAccount, name: holystone, namespace: holystone-system}]
";
