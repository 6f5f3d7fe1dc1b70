//! Deleting the definition of policies deletes every policy; applied again, nothing has happened.

use std::time::Duration;

use holystone::api::State;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target, told};

#[tokio::test]
async fn no_item_closes() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let about = |name| target("apps", "Deployment", "shop", name);
    for name in ["web", "api"] {
        cluster.apply(&deployment("shop", name, true)).await;
    }
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let controller = cluster.controller();
    for name in ["web", "api"] {
        cluster.item_becomes(PRIVILEGED, &about(name), State::Open).await;
    }
    cluster.audited("baseline").await;
    cluster.comes_to_rest().await;

    let mark = cluster.mark();
    let definition = cluster.definition("auditpolicies");
    definition.delete().await;
    let is_gone = async || definition.get().await.is_none().then_some(());
    cluster.eventually("the definition is gone", is_gone).await;
    // Longer than a lost policy is waited for, without the definition and with it.
    tokio::time::sleep(Duration::from_secs(5)).await;
    cluster.install_definitions().await;
    tokio::time::sleep(Duration::from_secs(5)).await;

    // A new process knows only that there are items and no policies.
    controller.stop();
    let _controller = cluster.controller();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    assert_eq!(writes.len(), 0, "{}", told(&writes));

    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.audited("baseline").await;
    cluster.comes_to_rest().await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    assert_eq!(writes.len(), 0, "{}", told(&writes));

    // What is opened from now on closes as ever; what is older waits for an hour.
    cluster.apply(&deployment("shop", "new", true)).await;
    cluster.item_becomes(PRIVILEGED, &about("new"), State::Open).await;
    cluster.policy_object("baseline").delete().await;
    cluster.item_is_resolved(PRIVILEGED, &about("new"), "CheckDisabled").await;
    cluster.item_becomes(PRIVILEGED, &about("web"), State::Open).await;
}
