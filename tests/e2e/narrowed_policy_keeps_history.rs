//! What a policy no longer asks for is closed; when it asks again, nothing has happened.

use holystone::api::{ActionItemStatus, State};

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

#[tokio::test]
async fn leaving_the_policy_and_coming_back_changes_no_clock() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.status.unwrap();
    let clocks = |status: &ActionItemStatus| {
        (status.first_seen.clone(), status.opened_at.clone(), status.times_reopened)
    };
    // Whole seconds are kept: what is opened anew shows it only in another second.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;

    let scoped = "scope: {namespaces: {exclude: [shop]}}";
    let objects = "scope: {objects: {matchLabels: {audited: 'yes'}}}";
    for (narrow, reason) in [
        (with(scoped, PRIVILEGED), "OutOfScope"),
        (with(objects, PRIVILEGED), "OutOfScope"),
        (with("severityFloor: low", "host-network"), "CheckDisabled"),
        (with("severityFloor: low", "namespace-owner-missing"), "CheckDisabled"),
        (format!("{{{}}}", with_floor()), "CheckDisabled"),
    ] {
        cluster.apply_policy("baseline", &narrow).await;
        let closed = cluster.item_is_resolved(PRIVILEGED, &web, reason).await.status.unwrap();
        assert_eq!(clocks(&closed), clocks(&opened), "{narrow}");

        cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
        let again = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.status.unwrap();
        assert_eq!(clocks(&again), clocks(&opened), "{narrow}");
        assert_eq!(again.resolved_at, None);
    }
}

fn with(field: &str, check: &str) -> String {
    format!("{{{field}, checks: {{profiles: [], include: [{check}]}}}}")
}

/// The floor above the severity that the policy gives its only check.
fn with_floor() -> String {
    format!(
        "severityFloor: high, checks: {{profiles: [], include: [{PRIVILEGED}], \
         settings: [{{check: {PRIVILEGED}, severity: low}}]}}"
    )
}
