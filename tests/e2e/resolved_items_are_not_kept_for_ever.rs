//! Resolved items go when the retention of their policies is over, but not what people want to stay.

use std::time::Duration;

use holystone::{api::State, engine::Target};
use serde_json::json;

use crate::support::{Cluster, PRIVILEGED, deployment, item_manifest, target};

const POLICY: &str = "{checks: {profiles: [], include: [privileged-container]}, retention: 3s}";

fn about(name: &str) -> Target {
    target("apps", "Deployment", "shop", name)
}

async fn shop(names: &[&str]) -> Cluster {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", POLICY).await;
    for name in names {
        cluster.apply(&deployment("shop", name, true)).await;
    }
    cluster
}

async fn repair(cluster: &Cluster, names: &[&str]) {
    for name in names {
        cluster.item_becomes(PRIVILEGED, &about(name), State::Open).await;
        cluster.apply(&deployment("shop", name, false)).await;
    }
}

async fn left(cluster: &Cluster) -> Vec<String> {
    let items = cluster.items().await;
    items.into_iter().map(|item| item.spec.target.name).collect()
}

#[tokio::test]
async fn but_for_what_people_want() {
    let cluster = shop(&["fixed", "decided"]).await;
    let _controller = cluster.controller();
    repair(&cluster, &["fixed"]).await;
    cluster.item_becomes(PRIVILEGED, &about("decided"), State::Open).await;
    let decision = json!({ "spec": { "decision": { "reason": "will-not-fix" } } });
    cluster.item_object(PRIVILEGED, &about("decided")).merge(decision).await;
    cluster.item_becomes(PRIVILEGED, &about("decided"), State::Exempt).await;
    cluster.apply(&deployment("shop", "decided", false)).await;
    cluster.apply(&item_manifest(PRIVILEGED, &about("committed"), &json!({})).to_string()).await;

    let goes = async || (left(&cluster).await == ["committed", "decided"]).then_some(());
    cluster.eventually("the item goes that nobody wants", goes).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(left(&cluster).await, ["committed", "decided"]);
    cluster.apply(&deployment("shop", "decided", true)).await;
    let back = cluster.item_becomes(PRIVILEGED, &about("decided"), State::Exempt).await;
    assert_eq!(back.status.unwrap().reason.as_deref(), Some("Dismissed"));
}

#[tokio::test]
async fn and_a_few_at_a_time() {
    let names = ["a", "b", "c", "d"];
    let cluster = shop(&names).await;
    let _controller = cluster.controller_with(&["--deletions-per-minute", "2"]);
    repair(&cluster, &names).await;
    let goes = async || (left(&cluster).await.len() == 2).then_some(());
    cluster.eventually("two items go", goes).await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(left(&cluster).await.len(), 2, "the others wait for the next minute");
}
