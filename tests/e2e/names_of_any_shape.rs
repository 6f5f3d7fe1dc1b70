//! Objects whose names no item could have get items all the same; those of cluster-scoped objects
//! live in the controller's own namespace.

use holystone::{api::State, items::item_name};
use kube::ResourceExt;
use serde_json::json;

use crate::support::{Cluster, OWN_NAMESPACE, cluster_target, target};

const RBAC: &str = "rbac.authorization.k8s.io";
const CHECK: &str = "cluster-admin-binding";

#[tokio::test]
async fn rbac_objects_get_items() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster
        .apply_policy("baseline", "{checks: {profiles: [], include: [cluster-admin-binding]}}")
        .await;
    let _controller = cluster.controller();
    cluster.audited("baseline").await;

    let long = "system:".repeat(50) + "end";
    let names = ["system:controller:x", "Team:Admins@corp", "team-admins-corp", "..x", "::", &long];
    for name in names {
        cluster.apply(&binding("ClusterRoleBinding", None, name)).await;
    }
    cluster.apply(&binding("RoleBinding", Some("shop"), "Team:Admins@corp")).await;
    for name in names {
        let about = cluster_target(RBAC, "ClusterRoleBinding", name);
        let item = cluster.item_becomes(CHECK, &about, State::Open).await;
        assert_eq!(item.namespace().as_deref(), Some(OWN_NAMESPACE));
        assert_eq!(item.spec.target.name, name);
        assert_eq!(item.spec.target.namespace, None);
        assert_eq!(item.labels()["holystone.dev/check"], CHECK);
        assert_eq!(item.labels()["holystone.dev/kind"], "ClusterRoleBinding");
    }
    let about = target(RBAC, "RoleBinding", "shop", "Team:Admins@corp");
    let item = cluster.item_becomes(CHECK, &about, State::Open).await;
    assert_eq!(item.namespace().as_deref(), Some("shop"));
    assert_eq!(item.name_any(), item_name(CHECK, &about, 0));
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await.len(), names.len() + 1);

    let binding = cluster.object(
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
        "",
        "Team:Admins@corp",
    );
    binding.delete().await;
    let gone = cluster_target(RBAC, "ClusterRoleBinding", "Team:Admins@corp");
    cluster.item_is_resolved(CHECK, &gone, "TargetDeleted").await;
    let alike = cluster_target(RBAC, "ClusterRoleBinding", "team-admins-corp");
    cluster.item_becomes(CHECK, &alike, State::Open).await;
}

/// Grants `cluster-admin` to somebody.
fn binding(kind: &str, namespace: Option<&str>, name: &str) -> String {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": { "name": name, "namespace": namespace },
        "roleRef": { "apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin" },
        "subjects": [{ "apiGroup": RBAC, "kind": "User", "name": "bob" }],
    })
    .to_string()
}
