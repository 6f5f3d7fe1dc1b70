//! The items of a deleted policy close, once a list confirms that it is gone.

use std::time::{Duration, Instant};

use holystone::api::State;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn a_policy_is_given_up_after_confirmation() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller_with(&["--policy-loss-confirmation=5"]);
    let web = target("apps", "Deployment", "shop", "web");
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.status.unwrap();

    // Deleted by mistake, and applied again in time: nothing happens at all.
    cluster.comes_to_rest().await;
    let mark = cluster.mark();
    cluster.policy_object("baseline").delete().await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.audited("baseline").await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(cluster.writes_since(mark).about("holystone.dev", "actionitems").len(), 0);

    let deleted = Instant::now();
    cluster.policy_object("baseline").delete().await;
    let item = cluster.item_is_resolved(PRIVILEGED, &web, "CheckDisabled").await;
    assert!(deleted.elapsed() >= Duration::from_secs(5), "closed after {:?}", deleted.elapsed());
    let closed = item.status.unwrap();
    assert_eq!(closed.policies, ["baseline"], "a closed item keeps its policies");

    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let again = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.status.unwrap();
    assert_eq!((again.opened_at, again.times_reopened), (opened.opened_at, 0));
}
