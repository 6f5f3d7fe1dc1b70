//! Of two replicas one writes; the other takes over when it dies, and at once when it stops.

use std::time::{Duration, Instant};

use holystone::api::State;

use crate::support::{
    CONTROLLER, Cluster, Controller, ONLY_PRIVILEGED, OWN_NAMESPACE, PRIVILEGED, SECOND,
    deployment, target, told,
};

/// Of the lease; a graceful stop must not take that long.
const DURATION: Duration = Duration::from_secs(9);
const LEASE: &str = "--lease-duration=9";

#[tokio::test]
async fn the_leader_and_then_the_other() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let kubeconfig = cluster.second_account().await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let mut first = cluster.controller_with(&[LEASE, "--identity=first"]);
    leads(&cluster, &first, "first").await;
    let second = Controller::start(&kubeconfig, &[LEASE, "--identity=second"]);
    cluster
        .eventually("the standby is ready", async || {
            (second.page("/readyz").await?.0 == 200).then_some(())
        })
        .await;

    let about = |name: &str| target("apps", "Deployment", "shop", name);
    for name in ["one", "two", "three"] {
        cluster.apply(&deployment("shop", name, true)).await;
        cluster.item_becomes(PRIVILEGED, &about(name), State::Open).await;
    }
    cluster.comes_to_rest().await;
    assert_eq!(second.metric("holystone_leader").await, Some(0));
    let records = cluster.plane.audit().records().unwrap().by_user(SECOND);
    let beyond = records.only(|record| record.resource != "leases");
    assert_eq!(beyond.len(), 0, "a standby looks at the lease only:\n{}", told(&beyond));

    let mark = cluster.mark();
    first.kill();
    let killed = Instant::now();
    cluster.apply(&deployment("shop", "one", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &about("one"), "Fixed").await;
    assert!(killed.elapsed() < DURATION * 2, "taken over after {:?}", killed.elapsed());
    cluster.comes_to_rest_of(SECOND).await;
    let items = cluster.writes_by(SECOND, mark).about("holystone.dev", "actionitems");
    assert_eq!(items.len(), 1, "{}", told(&items));
    assert_eq!(cluster.writes_by(CONTROLLER, mark).len(), 0);

    let third = cluster.controller_with(&[LEASE, "--identity=third"]);
    cluster
        .eventually("the new standby is ready", async || {
            (third.page("/readyz").await?.0 == 200).then_some(())
        })
        .await;
    let stopped = Instant::now();
    second.stop();
    leads(&cluster, &third, "third").await;
    assert!(stopped.elapsed() < DURATION / 2, "released after {:?}", stopped.elapsed());
    cluster.apply(&deployment("shop", "two", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &about("two"), "Fixed").await;
    cluster.item_becomes(PRIVILEGED, &about("three"), State::Open).await;
}

async fn leads(cluster: &Cluster, controller: &Controller, name: &str) {
    let lease = cluster.object("coordination.k8s.io/v1", "Lease", OWN_NAMESPACE, "holystone");
    cluster
        .eventually("it leads", async || {
            let lease = lease.get().await?;
            let holder = lease.data["spec"]["holderIdentity"].as_str()?;
            let is_known = controller.metric("holystone_leader").await? > 0;
            (holder.starts_with(name) && is_known).then_some(())
        })
        .await;
}
