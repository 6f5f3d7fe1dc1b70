//! A policy says how long findings may stay open; what stays longer is counted as overdue.

use holystone::api::State;

use crate::support::{Cluster, PRIVILEGED, deployment, target};

fn policy(due: &str) -> String {
    format!(
        "{{schedule: '@yearly', checks: {{profiles: [], include: [{PRIVILEGED}]}}, due: {due}}}"
    )
}

const OVERDUE: &str = r#"holystone_action_items_overdue{namespace="shop",severity="critical"}"#;

#[tokio::test]
async fn and_are_counted_when_they_are_overdue() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", &policy("{critical: 72h, low: 1s}")).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let status = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.status.unwrap();
    let stays = status.due_at.unwrap().0.duration_since(status.opened_at.clone().unwrap().0);
    assert_eq!(stays.as_secs(), 72 * 3600);

    cluster.apply_policy("baseline", &policy("{critical: 4s}")).await;
    cluster
        .eventually("the finding is overdue", async || {
            let counts = cluster.policy("baseline").await.status?.findings?;
            let counted = controller.metric(OVERDUE).await?;
            (counts.overdue == 1 && counts.open.critical == 1 && counted == 1).then_some(())
        })
        .await;
    let items = cluster.items().await;
    let now = items[0].status.clone().unwrap();
    assert_eq!(now.opened_at, status.opened_at, "an edited time moves the end, not the beginning");

    cluster.apply(&deployment("shop", "web", false)).await;
    let status = cluster.item_becomes(PRIVILEGED, &web, State::Resolved).await.status.unwrap();
    assert_eq!(status.due_at, None);
    cluster
        .eventually("nothing is overdue", async || {
            let counted = controller.metric(OVERDUE).await?;
            let overdue = cluster.policy("baseline").await.status?.findings?.overdue;
            (overdue == 0 && counted == 0).then_some(())
        })
        .await;
}
