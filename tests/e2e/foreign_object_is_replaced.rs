//! An object that took the name of an item and is about something else gives way.

use holystone::{api::State, items::item_name};
use serde_json::json;

use crate::support::{API_VERSION, Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target, told};

#[tokio::test]
async fn the_name_belongs_to_the_finding() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let controller = cluster.controller();
    cluster.audited("baseline").await;
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    let foreign = |name: &str| {
        json!({
            "apiVersion": API_VERSION,
            "kind": "ActionItem",
            "metadata": { "name": name, "namespace": "shop" },
            "spec": { "check": "host-network", "target": { "kind": "Pod", "name": "forged" } },
        })
    };
    let taken = item_name(PRIVILEGED, &about("web"), 0);
    cluster.apply(&foreign(&taken).to_string()).await;
    cluster.apply(&foreign("elsewhere").to_string()).await;
    let mut held = foreign(&item_name(PRIVILEGED, &about("held"), 0));
    held["metadata"]["finalizers"] = json!(["example.com/hold"]);
    cluster.apply(&held.to_string()).await;
    let elsewhere = cluster.object(API_VERSION, "ActionItem", "shop", "elsewhere");
    let before = elsewhere.get().await;
    let forged = cluster.item_object(PRIVILEGED, &about("web")).uid().await;

    cluster.apply(&deployment("shop", "web", true)).await;
    let item = cluster.item_becomes(PRIVILEGED, &about("web"), State::Open).await;
    assert_eq!(item.spec.check, PRIVILEGED);
    assert_ne!(item.metadata.uid, Some(forged));
    assert_eq!(controller.metric("holystone_foreign_items_total").await, Some(1));
    assert_eq!(controller.log_lines(&[" WARN ", "foreign object", &taken]).len(), 1);

    // One that somebody holds back is waited for, patiently.
    cluster.apply(&deployment("shop", "held", true)).await;
    let handle = cluster.item_object(PRIVILEGED, &about("held"));
    cluster
        .eventually("the foreign object is being deleted", async || {
            handle.get().await?.metadata.deletion_timestamp
        })
        .await;
    let mark = cluster.mark();
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let writes = cluster.writes_since(mark);
    assert!(writes.len() <= 6, "{}", told(&writes));
    handle.merge(json!({ "metadata": { "finalizers": null } })).await;
    cluster.item_becomes(PRIVILEGED, &about("held"), State::Open).await;
    assert_eq!(elsewhere.get().await, before, "what is in nobody's way stays");
    cluster.audit_now("baseline").await;
    assert_eq!(controller.metric("holystone_foreign_items_total").await, Some(2));
}
