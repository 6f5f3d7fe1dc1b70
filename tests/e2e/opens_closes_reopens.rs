//! A finding opens within two seconds of the change, closes when it is fixed, and reopens with its
//! history.

use std::time::{Duration, Instant};

use holystone::api::State;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn a_finding_has_a_life() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    cluster.audited("baseline").await;
    let web = target("apps", "Deployment", "shop", "web");

    // The API server itself delays what is created in the first seconds of a definition.
    cluster.apply(&deployment("shop", "first", true)).await;
    let first = target("apps", "Deployment", "shop", "first");
    cluster.item_becomes(PRIVILEGED, &first, State::Open).await;

    cluster.apply(&deployment("shop", "web", true)).await;
    let applied = Instant::now();
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    assert!(applied.elapsed() < Duration::from_secs(2), "opened after {:?}", applied.elapsed());
    let opened = item.status.unwrap();
    assert_eq!(opened.message.as_deref(), Some("container `app` is privileged"));
    assert_eq!(opened.policies, ["baseline"]);
    assert_eq!(opened.evidence[0].container.as_deref(), Some("app"));
    assert_eq!(opened.times_reopened, 0);

    cluster.apply(&deployment("shop", "web", false)).await;
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Resolved).await;
    let fixed = item.status.unwrap();
    assert_eq!(fixed.reason.as_deref(), Some("Fixed"));
    assert!(fixed.resolved_at.is_some());
    assert_eq!(fixed.first_seen, opened.first_seen);

    cluster.apply(&deployment("shop", "web", true)).await;
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    let again = item.status.unwrap();
    assert_eq!(again.times_reopened, 1);
    assert_eq!(again.first_seen, opened.first_seen);
    assert_eq!(again.resolved_at, None);
}
