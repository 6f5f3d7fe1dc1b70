//! Without its definitions the controller waits, and works when they are there.

use std::time::Duration;

use control_plane::ControlPlane;
use holystone::api::State;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target, told};

#[tokio::test]
async fn the_controller_waits_for_them() {
    let cluster = Cluster::start_bare(ControlPlane::builder()).await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let mut controller = cluster.controller();
    cluster
        .eventually("it says what it lacks", async || {
            let words = [" WARN ", "AuditPolicy", "CustomResourceDefinition installed?"];
            (!controller.log_lines(&words).is_empty()).then_some(())
        })
        .await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(controller.is_running());
    for source in ["AuditPolicy", "ActionItem"] {
        let complaints = controller.log_lines(&[" WARN ", &format!("source=\"{source}\"")]);
        assert_eq!(complaints.len(), 1, "once a minute at most: {complaints:?}");
    }
    assert_eq!(controller.page("/healthz").await.unwrap().0, 200);
    assert_eq!(controller.page("/readyz").await.unwrap().0, 503);

    cluster.install_definitions().await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.audited("baseline").await;
    cluster
        .eventually("it is ready", async || {
            (controller.page("/readyz").await?.0 == 200).then_some(())
        })
        .await;
}

#[tokio::test]
async fn items_come_back_with_their_definition() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let mut controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.audited("baseline").await;

    let definition = cluster.definition("actionitems");
    definition.delete().await;
    let is_gone = async || definition.get().await.is_none().then_some(());
    cluster.eventually("the definition is gone", is_gone).await;
    let mark = cluster.mark();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let writes = cluster.writes_since(mark).about("holystone.dev", "actionitems");
    assert!(writes.len() < 20, "{}", told(&writes));
    cluster.install_definitions().await;
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
    assert!(controller.is_running());
}
