//! An exemption of a policy, or an annotation, makes items exempt; without it they open again.

use holystone::api::{ActionItem, State};
use serde_json::json;

use crate::support::{Cluster, PRIVILEGED, deployment, target};

fn policy(exemptions: &str) -> String {
    format!(
        "{{schedule: '@yearly', checks: {{profiles: [], include: [{PRIVILEGED}]}}, \
         exemptions: [{exemptions}]}}"
    )
}

/// Privileged Deployments of these names, and a policy without exemptions.
async fn shop(names: &[&str]) -> Cluster {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", &policy("")).await;
    for name in names {
        cluster.apply(&deployment("shop", name, true)).await;
    }
    cluster
}

async fn becomes(cluster: &Cluster, name: &str, state: State) -> ActionItem {
    cluster.item_becomes(PRIVILEGED, &target("apps", "Deployment", "shop", name), state).await
}

#[tokio::test]
async fn by_the_policy() {
    let cluster = shop(&["web", "log"]).await;
    let _controller = cluster.controller();
    for name in ["web", "log"] {
        becomes(&cluster, name, State::Open).await;
    }
    let exemption = "{checks: [privileged-*], names: [log], kinds: [Deployment], \
                     reason: compensating-control, note: gVisor, until: '2199-12-31'}";
    let unused = "{checks: [host-network], reason: will-not-fix}";
    let ended = "{checks: [pod-security], names: [web], reason: will-not-fix, until: '2020-01-01'}";
    cluster.apply_policy("baseline", &policy(&[exemption, unused, ended].join(", "))).await;
    let status = becomes(&cluster, "log", State::Exempt).await.status.unwrap();
    assert_eq!(status.reason.as_deref(), Some("Exempted"));
    let in_force = status.exemption.unwrap();
    assert_eq!(in_force.from.as_deref(), Some("policy"));
    assert_eq!(in_force.reason.as_deref(), Some("compensating-control"));
    assert_eq!(in_force.note.as_deref(), Some("gVisor"));
    assert_eq!(in_force.until.unwrap().0.to_string(), "2200-01-01T00:00:00Z");
    becomes(&cluster, "web", State::Open).await;
    let remarks = [
        "host-network: matches no finding".to_owned(),
        "pod-security: ended at 2020-01-02T00:00:00Z".to_owned(),
    ];
    cluster
        .eventually("the policy names exemptions to look at", async || {
            let status = cluster.policy("baseline").await.status?;
            let counts = status.findings?;
            let is_told = status.unused_exemptions == remarks;
            (is_told && counts.exempt == 1 && counts.open.critical == 1).then_some(())
        })
        .await;

    cluster.apply_policy("baseline", &policy("")).await;
    let status = becomes(&cluster, "log", State::Open).await.status.unwrap();
    assert_eq!((status.exemption, status.times_reopened), (None, 0));
}

#[tokio::test]
async fn by_labels_of_objects() {
    let cluster = shop(&["web"]).await;
    let _controller = cluster.controller();
    becomes(&cluster, "web", State::Open).await;
    let selecting =
        "{checks: ['*'], objects: {matchLabels: {legacy: 'yes'}}, reason: risk-accepted}";
    cluster.apply_policy("baseline", &policy(selecting)).await;
    let labelled = |value: &str| json!({ "metadata": { "labels": { "legacy": value } } });
    cluster.deployment("shop", "web").merge(labelled("yes")).await;
    becomes(&cluster, "web", State::Exempt).await;
    cluster.deployment("shop", "web").merge(labelled("no")).await;
    becomes(&cluster, "web", State::Open).await;
}

#[tokio::test]
async fn by_annotations() {
    let cluster = shop(&["web"]).await;
    let _controller = cluster.controller();
    becomes(&cluster, "web", State::Open).await;
    let annotated = |checks: Option<&str>, until: Option<&str>| {
        json!({ "metadata": { "annotations": {
            "holystone.dev/exempt": checks,
            "holystone.dev/exempt-note": "see SEC-12",
            "holystone.dev/exempt-until": until,
        } } })
    };
    let web = cluster.deployment("shop", "web");
    web.merge(annotated(Some("host-network, privileged-container"), None)).await;
    let status = becomes(&cluster, "web", State::Exempt).await.status.unwrap();
    let in_force = status.exemption.unwrap();
    assert_eq!(in_force.from.as_deref(), Some("annotation"));
    assert_eq!(in_force.note.as_deref(), Some("see SEC-12"));
    for (checks, until) in [
        (Some("host-network"), None),
        (Some(PRIVILEGED), Some("2020-01-01")),
        (Some(PRIVILEGED), Some("someday")),
        (None, None),
    ] {
        web.merge(annotated(Some(PRIVILEGED), None)).await;
        becomes(&cluster, "web", State::Exempt).await;
        web.merge(annotated(checks, until)).await;
        let message = becomes(&cluster, "web", State::Open).await.status.unwrap().message.unwrap();
        let problem = match until {
            Some("someday") => "; holystone.dev/exempt-until: `someday` is neither a date",
            Some(_) => "; annotation: it ended at 2020-01-02T00:00:00Z",
            None => "",
        };
        assert!(message.contains(problem), "{message}");
    }
}

#[tokio::test]
async fn by_labels_of_the_namespace() {
    let cluster = shop(&["web"]).await;
    let _controller = cluster.controller();
    becomes(&cluster, "web", State::Open).await;
    let selecting =
        "{checks: ['*'], namespaceSelector: {matchLabels: {tier: lab}}, reason: risk-accepted}";
    cluster.apply_policy("baseline", &policy(selecting)).await;
    let namespace = cluster.object("v1", "Namespace", "", "shop");
    let labelled = |value: &str| json!({ "metadata": { "labels": { "tier": value } } });
    namespace.merge(labelled("lab")).await;
    becomes(&cluster, "web", State::Exempt).await;
    namespace.merge(labelled("prod")).await;
    becomes(&cluster, "web", State::Open).await;
}
