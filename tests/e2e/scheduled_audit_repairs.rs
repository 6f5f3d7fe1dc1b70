//! The scheduled audit is a real list: what a watch has missed is found, and what is not watched
//! at all.

use std::time::Duration;

use holystone::api::State;

use crate::support::{Cluster, Fault, PRIVILEGED, Proxy, bare_pod, deployment, target};

#[tokio::test]
async fn lost_events_are_made_up_for() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "repaired", true)).await;
    cluster.apply(&deployment("shop", "deleted", true)).await;
    let every_minute = "{schedule: '* * * * *', checks: {profiles: [], include: [PRIVILEGED]}}";
    cluster.apply_policy("baseline", &every_minute.replace("PRIVILEGED", PRIVILEGED)).await;
    let proxy = Proxy::start(&cluster).await;
    // Deployments are reported late for ever: their watch delivers nothing.
    let lost = ["repaired", "deleted", "new"].map(|name| format!(r#""name":"{name}","namespace""#));
    proxy.set(lost.map(Fault::LoseEvents));
    let _controller = proxy.controller_with(&[]);
    let about = |name| target("apps", "Deployment", "shop", name);
    cluster.item_becomes(PRIVILEGED, &about("repaired"), State::Open).await;
    cluster.item_becomes(PRIVILEGED, &about("deleted"), State::Open).await;
    cluster.audited("baseline").await;

    // Make sure that the next audit is not about to begin.
    while jiff::Timestamp::now().as_second() % 60 > 50 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    cluster.apply(&deployment("shop", "repaired", false)).await;
    cluster.deployment("shop", "deleted").delete().await;
    cluster.apply(&deployment("shop", "new", true)).await;
    // The watch is alive, it only lies.
    cluster.apply(&bare_pod("shop", "seen", true)).await;
    cluster.item_becomes(PRIVILEGED, &target("", "Pod", "shop", "seen"), State::Open).await;
    assert_eq!(cluster.item(PRIVILEGED, &about("new")).await, None, "the event got lost");

    let minute = Duration::from_secs(75);
    cluster
        .within(minute, "a scheduled audit finds the new one", async || {
            cluster.item(PRIVILEGED, &about("new")).await?.status?.opened_at
        })
        .await;
    cluster.item_is_resolved(PRIVILEGED, &about("repaired"), "Fixed").await;
    cluster.item_is_resolved(PRIVILEGED, &about("deleted"), "TargetDeleted").await;
    let audit = cluster
        .eventually("the policy tells of the audit", async || {
            let audit = cluster.policy("baseline").await.status?.last_audit?;
            (audit.trigger == "schedule" && audit.objects == 3).then_some(audit)
        })
        .await;
    let started = audit.started_at.unwrap().0.as_second();
    assert!(started % 60 < 5, "an audit on the minute starts on the minute, not at {started}");
}
