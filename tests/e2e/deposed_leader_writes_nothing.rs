//! A leader that was stopped for longer than its lease wakes up, notices that another leads, writes nothing
//! and ends; one that is told to stop under load leaves in time.

use std::time::{Duration, Instant};

use holystone::api::State;

use crate::support::{
    CONTROLLER, Cluster, Controller, ONLY_PRIVILEGED, PRIVILEGED, deployment, target, told,
};

const DURATION: Duration = Duration::from_secs(4);
/// What a pod has to end after SIGTERM, with room to spare.
const DRAIN: Duration = Duration::from_secs(10);
const TAKEOVER: Duration = Duration::from_secs(2);

#[tokio::test]
async fn it_wakes_and_gives_up() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let mut first = cluster.controller();
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    cluster.apply(&deployment("shop", "one", true)).await;
    cluster.item_becomes(PRIVILEGED, &about("one"), State::Open).await;

    // The watch has told it of this by the time it sleeps, or tells it when it wakes.
    first.freeze();
    for number in 0..20 {
        cluster.apply(&deployment("shop", &format!("more-{number}"), true)).await;
    }
    let kubeconfig = cluster.second_account().await;
    let frozen = Instant::now();
    let second = Controller::start(&kubeconfig, &[]);
    cluster.item_becomes(PRIVILEGED, &about("more-19"), State::Open).await;
    let patience = DURATION + Duration::from_secs(5);
    assert!(frozen.elapsed() < patience * 2, "taken over after {:?}", frozen.elapsed());
    cluster.apply(&deployment("shop", "one", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &about("one"), "Fixed").await;

    let mark = cluster.mark();
    first.thaw();
    assert_eq!(first.ended().code(), Some(2), "{}", first.log());
    let written = cluster.writes_by(CONTROLLER, mark);
    assert_eq!(written.len(), 0, "{}", told(&written));
    assert_eq!(first.log_lines(&["leadership lost"]).len(), 1);
    drop(second);
}

#[tokio::test]
async fn it_stops_in_time_under_load() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    for number in 0..300 {
        cluster.apply(&deployment("shop", &format!("web-{number}"), true)).await;
    }
    let mut first = cluster.controller();
    cluster
        .eventually("it leads", async || {
            (first.metric("holystone_leader").await? > 0).then_some(())
        })
        .await;
    let second = cluster.controller();
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let web = target("apps", "Deployment", "shop", "web-0");
    cluster.eventually("it writes", async || cluster.item(PRIVILEGED, &web).await.map(drop)).await;
    let stopped = Instant::now();
    assert!(first.terminate().success());
    assert!(stopped.elapsed() < DRAIN, "it took {:?} to stop", stopped.elapsed());
    let ended = Instant::now();
    cluster
        .eventually("the other leads", async || {
            (second.metric("holystone_leader").await? > 0).then_some(())
        })
        .await;
    assert!(ended.elapsed() < TAKEOVER, "taken over {:?} after the end", ended.elapsed());
    for number in [0, 150, 299] {
        let web = target("apps", "Deployment", "shop", &format!("web-{number}"));
        cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    }
}
