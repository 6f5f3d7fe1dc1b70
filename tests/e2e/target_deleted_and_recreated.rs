//! The item of a deleted object closes, and a new object of that name reopens it.

use holystone::api::State;
use serde_json::json;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn an_item_follows_the_name_of_its_target() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;

    let triage = json!({ "assignee": "ann@example.com", "links": [{ "name": "ticket", "url": "https://example.com/SEC-12" }] });
    cluster.item_object(PRIVILEGED, &web).merge(json!({ "spec": triage })).await;
    cluster.deployment("shop", "web").delete().await;
    let item = cluster.item_is_resolved(PRIVILEGED, &web, "TargetDeleted").await;
    let closed = item.status.unwrap();
    assert_eq!(closed.policies, ["baseline"]);
    assert!(closed.evidence.is_empty());
    let resolved = &closed.conditions[0];
    assert_eq!((&*resolved.type_, &*resolved.reason), ("Resolved", "TargetDeleted"));

    cluster.apply(&deployment("shop", "web", true)).await;
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    assert_eq!(item.metadata.uid, opened.metadata.uid);
    assert_eq!(item.spec.assignee.as_deref(), Some("ann@example.com"), "triage stays");
    assert_eq!(item.spec.links[0].url, "https://example.com/SEC-12");
    let again = item.status.unwrap();
    assert_eq!(again.times_reopened, 1);
    assert_eq!(again.first_seen, opened.status.unwrap().first_seen);
    assert_eq!(again.resolved_at, None);
    assert_eq!(cluster.items().await.len(), 1);
}
