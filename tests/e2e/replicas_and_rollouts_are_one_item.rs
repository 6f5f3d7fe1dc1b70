//! Ten replicas and three rollouts are one item, on the Deployment.

use holystone::api::State;
use kube::api::ListParams;
use serde_json::json;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn pods_and_old_replica_sets_add_nothing() {
    let cluster = Cluster::start_with_controllers().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    cluster.audited("baseline").await;

    cluster.apply(&deployment("shop", "web", true)).await;
    let object = cluster.deployment("shop", "web");
    object.merge(json!({ "spec": { "replicas": 10 } })).await;
    let pods = cluster.api("v1", "Pod", "shop");
    let replica_sets = cluster.api("apps/v1", "ReplicaSet", "shop");
    let count = async |api: &kube::Api<_>| {
        let list = api.list(&ListParams::default()).await;
        list.expect("the objects can be listed").items.len()
    };
    for rollout in 1..=3 {
        let annotations = json!({ "rollout": rollout.to_string() });
        let template = json!({ "metadata": { "annotations": annotations } });
        object.merge(json!({ "spec": { "template": template } })).await;
        // No Pod ever becomes ready, so a rollout stands still with the old and the new ones.
        cluster
            .eventually("a rollout makes a ReplicaSet and Pods", async || {
                let made = (count(&replica_sets).await, count(&pods).await);
                (made.0 > rollout && made.1 >= 10).then_some(())
            })
            .await;
    }
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.comes_to_rest().await;
    let policy = cluster.audit_now("baseline").await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await.len(), 1);
    let open = policy.status.unwrap().findings.unwrap().open;
    assert_eq!((open.critical, open.high, open.medium), (1, 0, 0));
}
