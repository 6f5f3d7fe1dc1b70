//! An item names who is responsible: by annotations of the object, else of its namespace, else by labels.

use holystone::api::State;
use serde_json::{Value, json};

use crate::support::{Cluster, Handle, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

async fn names(cluster: &Cluster, expected: Option<&str>) {
    let web = target("apps", "Deployment", "shop", "web");
    cluster
        .eventually(&format!("the item names {expected:?}"), async || {
            let status = cluster.item(PRIVILEGED, &web).await?.status?;
            (status.owner.as_deref() == expected).then_some(())
        })
        .await;
}

async fn write(object: &Handle, field: &str, key: &str, value: Value) {
    object.merge(json!({ "metadata": { field: { key: value } } })).await;
}

async fn shop() -> (Cluster, Handle, Handle) {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let web = cluster.deployment("shop", "web");
    let namespace = cluster.object("v1", "Namespace", "", "shop");
    (cluster, web, namespace)
}

#[tokio::test]
async fn by_the_nearest_that_is_written() {
    let (cluster, web, namespace) = shop().await;
    let _controller = cluster.controller();
    cluster
        .item_becomes(PRIVILEGED, &target("apps", "Deployment", "shop", "web"), State::Open)
        .await;
    names(&cluster, None).await;
    write(&namespace, "labels", "team", json!("of-the-namespace")).await;
    names(&cluster, Some("of-the-namespace")).await;
    write(&web, "labels", "team", json!("of-the-object")).await;
    names(&cluster, Some("of-the-object")).await;
    write(&namespace, "annotations", "team/email-ids", json!("shop@example.com")).await;
    names(&cluster, Some("shop@example.com")).await;
    write(&web, "annotations", "contact", json!("ann@example.com")).await;
    names(&cluster, Some("ann@example.com")).await;
    write(&web, "annotations", "contact", Value::Null).await;
    write(&namespace, "annotations", "team/email-ids", Value::Null).await;
    names(&cluster, Some("of-the-object")).await;
}

#[tokio::test]
async fn by_keys_of_your_own() {
    let (cluster, web, _) = shop().await;
    write(&web, "labels", "team", json!("not-asked")).await;
    write(&web, "labels", "example.com/squad", json!("payments")).await;
    let _controller = cluster.controller_with(&["--owner-keys=example.com/squad,example.com/unit"]);
    names(&cluster, Some("payments")).await;
}
