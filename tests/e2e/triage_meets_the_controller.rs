//! A person's patch and the controller's write in the same second: nothing of either is lost.

use std::time::Duration;

use futures::future::join_all;
use holystone::{api::State, engine::Target};
use serde_json::json;

use crate::support::{Cluster, Fault, ONLY_PRIVILEGED, PRIVILEGED, Proxy, deployment, target};

const COUNT: usize = 12;

fn about(number: usize) -> Target {
    target("apps", "Deployment", "shop", &format!("web-{number}"))
}

#[tokio::test]
async fn nothing_is_lost() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let proxy = Proxy::start(&cluster).await;
    let controller = proxy.controller_with(&[]);
    let set = async |privileged: bool| {
        let web = |number| deployment("shop", &format!("web-{number}"), privileged);
        join_all((0..COUNT).map(async |number| cluster.apply(&web(number)).await)).await;
    };
    let become_all = async |state: State| {
        let items = (0..COUNT).map(about);
        let items = items.map(async |web| cluster.item_becomes(PRIVILEGED, &web, state).await);
        join_all(items).await
    };
    set(true).await;
    become_all(State::Open).await;

    // Each status is on its way for a while, and in that time a person writes, too.
    proxy.set([Fault::Delay("/status?", Duration::from_millis(700))]);
    let patch = async |spec: serde_json::Value| {
        let items = (0..COUNT).map(about);
        let items = items.map(async |web| {
            cluster.item_object(PRIVILEGED, &web).merge(json!({ "spec": spec })).await;
        });
        join_all(items).await;
    };
    set(false).await;
    patch(json!({ "assignee": "ann@example.com" })).await;
    become_all(State::Resolved).await;
    set(true).await;
    patch(json!({ "links": [{ "name": "ticket", "url": "https://example.com/SEC-12" }] })).await;
    become_all(State::Open).await;
    patch(json!({ "decision": { "reason": "risk-accepted" } })).await;
    for item in become_all(State::Exempt).await {
        assert_eq!(item.spec.assignee.as_deref(), Some("ann@example.com"));
        assert_eq!(item.spec.links.len(), 1);
        let status = item.status.unwrap();
        assert_eq!((status.times_reopened, status.reason.as_deref()), (1, Some("Dismissed")));
    }
    let changed = controller.metric(r#"holystone_writes_total{result="changed"}"#).await;
    assert!(changed > Some(0), "no write has met another one: {changed:?}");
}
