//! A namespace that is deleted takes its items along: no storm of errors, no write afterwards.

use std::time::Duration;

use holystone::api::State;

use crate::support::{Cluster, PRIVILEGED, cluster_target, deployment, target, told};

#[tokio::test]
async fn its_items_go_without_a_word() {
    let cluster = Cluster::start_with_controllers().await;
    let policy = "{checks: {profiles: [],
        include: [privileged-container, namespace-owner-missing, namespace-not-active]}}";
    cluster.apply_policy("baseline", policy).await;
    let controller = cluster.controller();
    cluster.audited("baseline").await;
    for namespace in ["shop", "stays"] {
        cluster.create_namespace(namespace).await;
        for number in 0..10 {
            cluster.apply(&deployment(namespace, &format!("web-{number}"), true)).await;
        }
    }
    for number in 0..10 {
        let web = target("apps", "Deployment", "shop", &format!("web-{number}"));
        cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    }
    let shop = cluster_target("", "Namespace", "shop");
    cluster.item_becomes("namespace-owner-missing", &shop, State::Open).await;
    cluster.comes_to_rest().await;

    // A new API server may say of new definitions that it is not ready yet.
    let complaints = || [" WARN ", "ERROR "].map(|level| controller.log_lines(&[level]));
    let earlier = complaints();
    let mark = cluster.mark();
    let namespace = cluster.object("v1", "Namespace", "", "shop");
    namespace.delete().await;
    cluster
        .eventually("the namespace is gone", async || namespace.get().await.is_none().then_some(()))
        .await;
    cluster.comes_to_rest().await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    // One attempt for each item at most: to say that its target is gone, or to make it again.
    let about_shop = writes.clone().only(|record| record.namespace == "shop");
    assert!(about_shop.len() <= 22, "{}", told(&about_shop));
    assert_eq!(writes.len(), about_shop.len(), "{}", told(&writes));
    let failed = about_shop.only(|record| record.code >= 500 || record.code == 429);
    assert_eq!(failed.len(), 0, "{}", told(&failed));

    let mark = cluster.mark();
    cluster.audit_now("baseline").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    assert_eq!(writes.len(), 0, "{}", told(&writes));
    assert!(!cluster.condition("baseline", "Degraded").await.unwrap().0);
    assert_eq!(complaints(), earlier);
    let items = cluster.items().await;
    assert!(items.iter().all(|item| item.metadata.namespace.as_deref() != Some("shop")));
    let stays = target("apps", "Deployment", "stays", "web-0");
    cluster.item_becomes(PRIVILEGED, &stays, State::Open).await;
}

#[tokio::test]
async fn what_is_repaired_meanwhile_needs_no_event() {
    // Nobody empties the namespace: it stays between being there and being gone.
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let web = deployment("shop", "web", true);
    cluster.apply(&web).await;
    cluster
        .apply_policy("baseline", "{checks: {profiles: [], include: [privileged-container]}}")
        .await;
    let controller = cluster.controller();
    let about_web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &about_web, State::Open).await;
    cluster.comes_to_rest().await;
    cluster.object("v1", "Namespace", "", "shop").delete().await;
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.item_becomes(PRIVILEGED, &about_web, State::Resolved).await;
    let dropped = r#"holystone_events_total{result="dropped"}"#;
    cluster.metric_becomes(&controller, dropped, 2).await;
    assert_eq!(controller.log_lines(&["an event cannot be told"]), [""; 0]);
}
