//! A kind that may not be read degrades the policies that need it; the others go on, and nothing
//! closes.

use std::time::Duration;

use holystone::api::State;
use serde_json::{Value, json};

use crate::support::{Cluster, PRIVILEGED, bare_pod, deployment, target};

const DANGLING: &str = "service-selector-dangling";
const POLICY: &str =
    "{checks: {profiles: [], include: [privileged-container, service-selector-dangling]}}";
/// Watches are renewed every two seconds, so that lost rights show soon.
const ARGUMENTS: &[&str] = &["--silence=12"];

#[tokio::test]
async fn deployments_may_not_be_read() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply(&service("web", "web")).await;
    cluster.apply(&service("api", "api")).await;
    cluster.apply_policy("baseline", POLICY).await;
    let controller = cluster.controller_with(ARGUMENTS);
    let web = target("apps", "Deployment", "shop", "web");
    let api = target("", "Service", "shop", "api");
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    let dangling = cluster.item_becomes(DANGLING, &api, State::Open).await;
    cluster.audited("baseline").await;
    let heard = r#"holystone_kind_last_contact_timestamp_seconds{kind="Service"}"#;
    let first = controller.metric(heard).await;
    cluster
        .eventually("watches are renewed while nothing happens", async || {
            (first.is_some() && controller.metric(heard).await > first).then_some(())
        })
        .await;

    let rules = cluster.change_role(|rules| forbid(rules, "deployments")).await;
    let message = cluster.condition_becomes("baseline", "Degraded", true, "KindUnreadable").await;
    assert!(message.contains("deployments.apps"), "{message}");
    cluster.deployment("shop", "web").delete().await;
    cluster.apply(&deployment("shop", "api", true)).await;
    let policy = cluster.audit_now("baseline").await;
    let coverage = policy.status.unwrap().coverage;
    let problems: Vec<_> =
        coverage.iter().filter_map(|kind| Some((&*kind.kind, kind.problem.as_ref()?))).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].0, "Deployment.apps");
    let restarts = r#"holystone_watch_restarts_total{kind="Deployment",reason="Forbidden"}"#;
    assert!(controller.metric(restarts).await > Some(0));
    for (series, value) in [
        (r#"holystone_kind_readable{kind="Deployment"}"#, 0),
        (r#"holystone_kind_readable{kind="Service"}"#, 1),
        (r#"holystone_audit_errors_total{policy="baseline"}"#, 1),
    ] {
        assert_eq!(controller.metric(series).await, Some(value), "{series}");
    }
    cluster.apply(&bare_pod("shop", "bare", true)).await;
    let bare = target("", "Pod", "shop", "bare");
    cluster.item_becomes(PRIVILEGED, &bare, State::Open).await;
    cluster.object("v1", "Pod", "shop", "bare").delete().await;
    cluster.item_is_resolved(PRIVILEGED, &bare, "TargetDeleted").await;
    assert_eq!(cluster.item(PRIVILEGED, &web).await.as_ref(), Some(&opened));
    assert_eq!(cluster.item(DANGLING, &api).await.as_ref(), Some(&dangling));

    // A process that has never seen a Deployment closes nothing either.
    controller.stop();
    let _controller = cluster.controller_with(ARGUMENTS);
    cluster.apply(&bare_pod("shop", "bare", true)).await;
    cluster.item_becomes(PRIVILEGED, &bare, State::Open).await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.item(PRIVILEGED, &web).await, Some(opened));
    assert_eq!(cluster.item(DANGLING, &api).await, Some(dangling));
    assert!(cluster.condition("baseline", "Degraded").await.unwrap().0);

    cluster.restore_role(rules).await;
    cluster.item_is_resolved(PRIVILEGED, &web, "TargetDeleted").await;
    cluster.item_is_resolved(DANGLING, &api, "Fixed").await;
    let new = target("apps", "Deployment", "shop", "api");
    cluster.item_becomes(PRIVILEGED, &new, State::Open).await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
}

#[tokio::test]
async fn namespaces_may_not_be_read() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", POLICY).await;
    let controller = cluster.controller_with(ARGUMENTS);
    let web = target("apps", "Deployment", "shop", "web");
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.audited("baseline").await;
    controller.stop();

    let rules = cluster.change_role(|rules| forbid(rules, "namespaces")).await;
    let _controller = cluster.controller_with(ARGUMENTS);
    let message = cluster.condition_becomes("baseline", "Degraded", true, "KindUnreadable").await;
    assert!(message.contains("namespaces"), "{message}");
    let item = async || cluster.item(PRIVILEGED, &web).await;
    cluster.stays(Duration::from_secs(3), "nothing is known of any scope", item).await;
    assert_eq!(item().await, Some(opened));

    cluster.restore_role(rules).await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &web, "Fixed").await;
}

/// Takes a resource out of the rules.
fn forbid(rules: &mut [Value], plural: &str) {
    for rule in rules {
        if let Some(resources) = rule["resources"].as_array_mut() {
            resources.retain(|resource| resource != plural);
        }
    }
}

fn service(name: &str, app: &str) -> String {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": name, "namespace": "shop" },
        "spec": { "selector": { "app": app }, "ports": [{ "port": 80 }] },
    })
    .to_string()
}
