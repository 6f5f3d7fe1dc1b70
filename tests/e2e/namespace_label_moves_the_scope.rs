//! The label of a namespace moves what is in it into a policy's scope, and out of it.

use holystone::api::State;
use serde_json::{Value, json};

use crate::support::{Cluster, PRIVILEGED, cluster_target, deployment, target};

#[tokio::test]
async fn items_follow_the_label() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let policy = "{scope: {namespaces: {selector: {matchLabels: {tier: prod}}}},
        checks: {profiles: [], include: [privileged-container, namespace-owner-missing]}}";
    cluster.apply_policy("prod", policy).await;
    let _controller = cluster.controller();
    cluster.audited("prod").await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await, []);

    let namespace = cluster.object("v1", "Namespace", "", "shop");
    let label = async |tier: Value| {
        namespace.merge(json!({ "metadata": { "labels": { "tier": tier } } })).await;
    };
    let web = target("apps", "Deployment", "shop", "web");
    let shop = cluster_target("", "Namespace", "shop");
    label("prod".into()).await;
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.status.unwrap();
    let item = cluster.item_becomes("namespace-owner-missing", &shop, State::Open).await;
    assert_eq!(item.metadata.namespace.as_deref(), Some("shop"), "it lives in its own target");

    label("test".into()).await;
    cluster.item_is_resolved(PRIVILEGED, &web, "OutOfScope").await;
    cluster.item_is_resolved("namespace-owner-missing", &shop, "OutOfScope").await;
    label("prod".into()).await;
    let again = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.status.unwrap();
    assert_eq!((again.opened_at, again.times_reopened), (opened.opened_at, 0));
    label(Value::Null).await;
    cluster.item_is_resolved(PRIVILEGED, &web, "OutOfScope").await;

    // The owner of the namespace is the owner of what is in it.
    label("prod".into()).await;
    cluster.item_becomes("namespace-owner-missing", &shop, State::Open).await;
    let owner = json!({ "holystone.dev/owner": "team-shop@example.com" });
    namespace.merge(json!({ "metadata": { "annotations": owner } })).await;
    cluster.item_is_resolved("namespace-owner-missing", &shop, "Fixed").await;
    cluster
        .eventually("the item names the owner of the namespace", async || {
            let status = cluster.item(PRIVILEGED, &web).await?.status?;
            (status.owner.as_deref() == Some("team-shop@example.com")).then_some(())
        })
        .await;
}
