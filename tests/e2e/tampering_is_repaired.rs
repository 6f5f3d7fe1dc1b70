//! What others make of an item's status is undone, history included; a deleted item comes back.

use holystone::{
    api::{ActionItemStatus, State},
    engine::Target,
};
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn the_controller_knows_better() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    let (web, fixed) = (about("web"), about("fixed"));
    for privileged in [true, false, true] {
        cluster.apply(&deployment("shop", "web", privileged)).await;
        let state = if privileged { State::Open } else { State::Resolved };
        cluster.item_becomes(PRIVILEGED, &web, state).await;
    }
    for privileged in [true, false] {
        cluster.apply(&deployment("shop", "fixed", privileged)).await;
        let state = if privileged { State::Open } else { State::Resolved };
        cluster.item_becomes(PRIVILEGED, &fixed, state).await;
    }
    cluster.comes_to_rest().await;
    let opened = status_of(&cluster, &web).await;
    let closed = status_of(&cluster, &fixed).await;
    assert_eq!((opened.times_reopened, closed.times_reopened), (1, 0));

    let resolved = json!({ "state": "Resolved", "reason": "Fixed" });
    let rewritten = json!({
        "firstSeen": "2020-01-01T00:00:00Z",
        "openedAt": null,
        "timesReopened": 99,
        "policies": ["forged"],
        "severity": "info",
    });
    for change in [resolved, rewritten, json!({ "state": "Pending" }), Value::Null] {
        let told = format!("after {change}");
        cluster.item_object(PRIVILEGED, &web).merge_status(change).await;
        is_restored(&cluster, &web, &opened, &told).await;
    }
    for change in [json!({ "state": "Open", "reason": "Failing" }), Value::Null] {
        let told = format!("after {change}");
        cluster.item_object(PRIVILEGED, &fixed).merge_status(change).await;
        is_restored(&cluster, &fixed, &closed, &told).await;
    }

    let before = cluster.item(PRIVILEGED, &web).await.unwrap();
    cluster.item_object(PRIVILEGED, &web).delete().await;
    let again = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    assert_eq!(again.name_any(), before.name_any());
    assert_ne!(again.metadata.uid, before.metadata.uid);
    cluster.item_object(PRIVILEGED, &fixed).delete().await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.item(PRIVILEGED, &fixed).await, None, "there is nothing to say");

    // Triage is not tampering: nothing is written.
    let mark = cluster.mark();
    let links = json!([{ "name": "jira", "url": "https://jira.example.com/SHOP-7" }]);
    let triage = json!({ "spec": { "assignee": "bob", "links": links } });
    cluster.item_object(PRIVILEGED, &web).merge(triage).await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.writes_since(mark).len(), 0);
}

async fn status_of(cluster: &Cluster, about: &Target) -> ActionItemStatus {
    cluster.item(PRIVILEGED, about).await.unwrap().status.unwrap()
}

async fn is_restored(cluster: &Cluster, about: &Target, status: &ActionItemStatus, told: &str) {
    // The tampered version is gone as soon as it is seen, or stays for ever.
    cluster
        .eventually(told, async || (status_of(cluster, about).await == *status).then_some(()))
        .await;
}

#[tokio::test]
async fn a_policy_is_told_of_as_before() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.condition_becomes("baseline", "Compliant", false, "OpenFindings").await;
    cluster.comes_to_rest().await;
    let status = cluster.policy("baseline").await.status;

    let forged = json!({ "observedGeneration": 0, "score": 100, "lastAudit": null });
    for change in [forged, Value::Null] {
        let told = format!("after {change}");
        cluster.policy_object("baseline").merge_status(change).await;
        cluster
            .eventually(&told, async || {
                (cluster.policy("baseline").await.status == status).then_some(())
            })
            .await;
    }
}
