//! An annotation asks for a full audit, and the status answers; also where nothing is watched.

use std::time::Duration;

use holystone::api::State;
use serde_json::json;

use crate::support::{Cluster, PRIVILEGED, deployment, target};

#[tokio::test]
async fn a_request_is_handled_once() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let unwatched = "{watch: false, checks: {profiles: [], include: [PRIVILEGED]}}";
    cluster.apply_policy("nightly", &unwatched.replace("PRIVILEGED", PRIVILEGED)).await;
    let controller = cluster.controller();
    let audited = cluster.audited("nightly").await;
    assert_eq!(audited.status.unwrap().last_handled_request, None);
    let (web, api) = ("web", "api");
    let about = |name| target("apps", "Deployment", "shop", name);

    cluster.apply(&deployment("shop", web, true)).await;
    cluster.apply(&deployment("shop", api, true)).await;
    let count = async || cluster.items().await.len();
    cluster.stays(Duration::from_secs(3), "nothing is watched", count).await;
    assert_eq!(count().await, 0);
    let policy = cluster.audit_now("nightly").await;
    let audit = policy.status.unwrap().last_audit.unwrap();
    assert_eq!((&*audit.trigger, audit.objects, audit.evaluations), ("request", 2, 2));
    cluster.item_becomes(PRIVILEGED, &about(web), State::Open).await;
    cluster.item_becomes(PRIVILEGED, &about(api), State::Open).await;

    cluster.apply(&deployment("shop", web, false)).await;
    cluster.deployment("shop", api).delete().await;
    cluster.audit_now("nightly").await;
    cluster.item_is_resolved(PRIVILEGED, &about(web), "Fixed").await;
    cluster.item_is_resolved(PRIVILEGED, &about(api), "TargetDeleted").await;

    // The answer is remembered over a restart, and the annotation alone asks for nothing.
    cluster.comes_to_rest().await;
    let last = async || cluster.policy("nightly").await.status.unwrap().last_audit;
    controller.stop();
    let _controller = cluster.controller();
    cluster.stays(Duration::from_secs(6), "it was handled", last).await;

    // Several requests at once: the last one is answered.
    let policy = cluster.policy_object("nightly");
    for request in ["one", "two", "three"] {
        let patch =
            json!({ "metadata": { "annotations": { "holystone.dev/requestedAt": request } } });
        policy.merge(patch).await;
    }
    cluster
        .eventually("the last request is answered", async || {
            let status = cluster.policy("nightly").await.status?;
            (status.last_handled_request.as_deref() == Some("three")).then_some(())
        })
        .await;
}
