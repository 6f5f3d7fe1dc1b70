//! The API server and etcd may die or freeze: nothing closes, and afterwards everything is right.

use std::time::Duration;

use control_plane::Server;
use holystone::api::State;

use crate::support::{
    Cluster, Fault, ONLY_PRIVILEGED, PRIVILEGED, Proxy, deployment, target, told,
};

const COUNT: usize = 10;

/// A cluster with open items of Deployments `web-0` and so on, at rest.
async fn with_items() -> Cluster {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    for number in 0..COUNT {
        cluster.apply(&deployment("shop", &format!("web-{number}"), true)).await;
    }
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster
}

async fn are_open(cluster: &Cluster) {
    for number in 0..COUNT {
        let web = target("apps", "Deployment", "shop", &format!("web-{number}"));
        cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    }
    cluster.audited("baseline").await;
    cluster.comes_to_rest().await;
}

/// Repairs one object and deletes another: their items close, and no other is written.
async fn converges(cluster: &Cluster, mark: control_plane::Mark) {
    cluster.apply(&deployment("shop", "web-0", false)).await;
    cluster.deployment("shop", "web-1").delete().await;
    let about = |name| target("apps", "Deployment", "shop", name);
    cluster.item_is_resolved(PRIVILEGED, &about("web-0"), "Fixed").await;
    cluster.item_is_resolved(PRIVILEGED, &about("web-1"), "TargetDeleted").await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
    cluster.audit_now("baseline").await;
    cluster.comes_to_rest().await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    let succeeded = writes.only(control_plane::Record::succeeded);
    assert_eq!(succeeded.len(), 2, "{}", told(&succeeded));
}

#[tokio::test]
async fn killed_servers() {
    let cluster = with_items().await;
    let mut controller = cluster.controller_with(&["--lease-duration=120"]);
    are_open(&cluster).await;
    let mark = cluster.mark();

    cluster.plane.kill(Server::ApiServer).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    cluster.plane.restart(Server::ApiServer).await.unwrap();
    cluster.plane.kill(Server::Etcd).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    cluster.plane.restart(Server::Etcd).await.unwrap();
    converges(&cluster, mark).await;
    assert!(controller.is_running(), "{}", controller.log());
}

#[tokio::test]
async fn a_server_that_is_frozen_for_a_minute() {
    let cluster = with_items().await;
    let mut controller = cluster.controller_with(&["--lease-duration=600", "--silence=25"]);
    are_open(&cluster).await;
    let mark = cluster.mark();

    cluster.plane.freeze(Server::ApiServer).await.unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    cluster.plane.thaw(Server::ApiServer).await.unwrap();
    converges(&cluster, mark).await;
    assert!(controller.is_running(), "{}", controller.log());
    let complaints = controller.log_lines(&[" WARN ", "cannot be read", "Deployment"]);
    assert!(complaints.len() <= 2, "once a minute at most: {complaints:?}");
}

#[tokio::test]
async fn lists_and_watches_that_break_off() {
    let cluster = with_items().await;
    let controller = cluster.controller();
    are_open(&cluster).await;
    let mark = cluster.mark();
    controller.stop();

    // A new process sees the first three Deployments and never the rest.
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Refuse("/deployments? continue=", 500)]);
    let mut controller = proxy.controller_with(&["--page-size=3"]);
    cluster.condition_becomes("baseline", "Degraded", true, "KindUnreadable").await;
    cluster.deployment("shop", "web-1").delete().await;
    // Then a list expires while it is read, and then every watch has expired when it is opened.
    proxy.set([Fault::Refuse("/deployments? continue=", 410)]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    proxy.set([Fault::Refuse("/deployments? watch=", 410)]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    let others = writes.only(|record| !record.name.starts_with("web-1-"));
    assert_eq!(others.len(), 0, "{}", told(&others));

    proxy.set([]);
    let web = target("apps", "Deployment", "shop", "web-1");
    cluster.item_is_resolved(PRIVILEGED, &web, "TargetDeleted").await;
    cluster.apply(&deployment("shop", "web-1", true)).await;
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    let mark = cluster.mark();
    converges(&cluster, mark).await;
    assert!(controller.is_running(), "{}", controller.log());
}

#[tokio::test]
async fn items_that_cannot_be_listed() {
    let cluster = with_items().await;
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Refuse("/v1alpha1/actionitems?", 500)]);
    let controller = proxy.controller_with(&[]);
    let message = cluster.condition_becomes("baseline", "Degraded", true, "ItemsUnreadable").await;
    assert!(message.starts_with("ActionItem: "), "{message}");
    assert_eq!(controller.page("/readyz").await.unwrap().0, 503);
    assert_eq!(cluster.items().await, []);

    proxy.set([]);
    are_open(&cluster).await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
}

#[tokio::test]
async fn a_server_that_is_overloaded() {
    let cluster = with_items().await;
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Refuse("/namespaces/shop/actionitems", 429)]);
    let mut controller = proxy.controller_with(&[]);
    cluster.condition_becomes("baseline", "Degraded", true, "ItemsNotWritable").await;
    let mark = cluster.mark();
    tokio::time::sleep(Duration::from_secs(3)).await;
    // The proxy answers in the place of the server: it counts in the metrics only.
    let refused = r#"holystone_api_requests_total{code="429",verb="create"}"#;
    let refused = controller.metric(refused).await.unwrap_or_default();
    assert!(refused < 100, "{refused} attempts");
    let queue = async |name: &str| controller.metric(&format!("holystone_write_{name}")).await;
    assert_eq!(queue("queue_length").await, Some(COUNT));
    assert!(queue("queue_oldest_seconds").await >= Some(2));
    assert!(queue("retries_total").await > Some(0));

    proxy.set([]);
    are_open(&cluster).await;
    cluster
        .eventually("no write waits any more", async || {
            let waiting = (queue("queue_length").await?, queue("queue_oldest_seconds").await?);
            (waiting == (0, 0)).then_some(())
        })
        .await;
    let created = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    let created = created.only(|record| record.verb == "create" && record.succeeded());
    assert_eq!(created.len(), COUNT, "{}", told(&created));
    let mark = cluster.mark();
    converges(&cluster, mark).await;
    assert!(controller.is_running(), "{}", controller.log());
}

#[tokio::test]
async fn a_leader_that_cannot_renew_ends_and_the_next_goes_on() {
    let cluster = with_items().await;
    let mut controller = cluster.controller();
    are_open(&cluster).await;
    let mark = cluster.mark();

    cluster.plane.freeze(Server::ApiServer).await.unwrap();
    let mut patience = 100;
    while controller.is_running() && patience > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        patience -= 1;
    }
    assert!(!controller.is_running(), "{}", controller.log());
    cluster.plane.thaw(Server::ApiServer).await.unwrap();
    drop(controller);
    let _controller = cluster.controller();
    converges(&cluster, mark).await;
}
