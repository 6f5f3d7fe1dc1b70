//! A suspended policy asks for nothing new, and what it asked for stays as it is.

use std::time::Duration;

use holystone::api::State;
use serde_json::json;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn nothing_opens_or_closes_while_it_is_suspended() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let later = target("apps", "Deployment", "shop", "later");
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;

    cluster.policy_object("baseline").merge(json!({ "spec": { "suspend": true } })).await;
    cluster.condition_becomes("baseline", "Ready", true, "Suspended").await;
    let status = cluster.policy("baseline").await.status.unwrap();
    assert_eq!(status.next_audit_at, None);
    cluster.apply(&deployment("shop", "later", true)).await;
    cluster.apply(&deployment("shop", "web", false)).await;
    let is_untouched = async || (cluster.item(PRIVILEGED, &web).await, cluster.items().await.len());
    cluster.stays(Duration::from_secs(3), "a suspended policy does nothing", is_untouched).await;
    assert_eq!(cluster.item(PRIVILEGED, &web).await, Some(opened.clone()));

    // Nor does a restart: the policy was suspended when it was read first.
    controller.stop();
    let controller = cluster.controller();
    cluster
        .eventually("the controller is ready", async || {
            (controller.page("/readyz").await?.0 == 200
                && controller.metric("holystone_leader").await? > 0)
                .then_some(())
        })
        .await;
    cluster.stays(Duration::from_secs(3), "a suspended policy does nothing", is_untouched).await;
    assert_eq!(cluster.item(PRIVILEGED, &web).await, Some(opened));

    cluster.policy_object("baseline").merge(json!({ "spec": { "suspend": false } })).await;
    cluster.item_is_resolved(PRIVILEGED, &web, "Fixed").await;
    cluster.item_becomes(PRIVILEGED, &later, State::Open).await;
}
