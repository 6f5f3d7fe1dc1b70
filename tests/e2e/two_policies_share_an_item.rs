//! Two policies that ask for a finding share its item; it stays as long as one of them asks.

use holystone::api::{ActionItemStatus, Severity, State};

use crate::support::{Cluster, PRIVILEGED, deployment, target};

#[tokio::test]
async fn the_highest_severity_counts_and_the_last_policy_decides() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", &with_severity("medium")).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    let alone = item.status.clone().unwrap();
    assert_eq!((alone.severity, alone.severity_rank), (Some(Severity::Medium), Some(3)));

    let status_is = async |severity: Severity, policies: &[&str]| -> ActionItemStatus {
        cluster
            .eventually(&format!("{severity:?} for {policies:?}"), async || {
                let status = cluster.item(PRIVILEGED, &web).await?.status?;
                let is_so = status.severity == Some(severity) && status.policies == policies;
                is_so.then_some(status)
            })
            .await
    };
    cluster.apply_policy("pci", &with_severity("high")).await;
    let both = status_is(Severity::High, &["baseline", "pci"]).await;
    assert_eq!(both.state, Some(State::Open));
    assert_eq!(both.evidence.len(), 1, "evidence of both is united: {:?}", both.evidence);
    assert_eq!((&both.opened_at, both.times_reopened), (&alone.opened_at, 0));

    cluster.policy_object("pci").delete().await;
    let stayed = status_is(Severity::Medium, &["baseline"]).await;
    assert_eq!(stayed.state, Some(State::Open));
    assert_eq!((&stayed.opened_at, stayed.times_reopened), (&alone.opened_at, 0));
    assert_eq!(cluster.items().await.len(), 1);

    // A policy whose floor is above its own severity does not ask.
    cluster
        .apply_policy(
            "quiet",
            &format!("{{severityFloor: critical, {}", &with_severity("high")[1..]),
        )
        .await;
    cluster.audited("quiet").await;
    cluster.comes_to_rest().await;
    status_is(Severity::Medium, &["baseline"]).await;
    let counts = cluster.policy("quiet").await.status.unwrap().findings.unwrap();
    assert_eq!((counts.unmaterialised, counts.open.high), (1, 0));

    cluster.policy_object("baseline").delete().await;
    cluster.item_is_resolved(PRIVILEGED, &web, "CheckDisabled").await;
}

fn with_severity(severity: &str) -> String {
    format!(
        "{{checks: {{profiles: [], include: [{PRIVILEGED}], \
         settings: [{{check: {PRIVILEGED}, severity: {severity}}}]}}}}"
    )
}
