//! With definitions that are older than the controller items open without what these lack, nothing
//! is written again and again, and the policy says what to do. With newer ones the rest is added,
//! without a restart.

use std::time::Duration;

use holystone::api::{ActionItemStatus, State, crds};
use serde_json::{Value, json};

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target, told};

/// The definitions are looked at once a minute.
const A_LOOK: Duration = Duration::from_secs(100);

#[tokio::test]
async fn items_open_without_what_is_lacking() {
    let cluster = Cluster::start().await;
    apply_without(&cluster, &["remediation", "dueAt", "unusedExemptions"]).await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let due = ONLY_PRIVILEGED.replacen(
        '{',
        "{due: {critical: 72h}, exemptions: \
        [{checks: [host-network], names: [none], reason: risk-accepted}], ",
        1,
    );
    cluster.apply_policy("baseline", &due).await;
    let start = cluster.mark();
    let controller = cluster.controller();

    let web = target("apps", "Deployment", "shop", "web");
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    assert!(lacks(&item.status.unwrap()));
    cluster.audited("baseline").await;
    let message = cluster.condition_becomes("baseline", "Degraded", true, "CRDOutdated").await;
    for words in [
        "actionitems.holystone.dev lacks status.dueAt, status.remediation",
        "auditpolicies.holystone.dev lacks status.unusedExemptions",
        "kubectl apply --server-side -f crds/",
    ] {
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(controller.log_lines(&[" WARN ", "lacks status.dueAt"]).len(), 1);
    cluster.comes_to_rest().await;
    let (policy, mark) = (cluster.audit_now("baseline").await, cluster.mark());
    cluster.comes_to_rest().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let writes = cluster.writes_since(mark);
    assert!(writes.len() <= 1, "the status after the audit at most: {}", told(&writes));
    let refused = cluster.writes_since(start).only(|record| record.code >= 400);
    assert_eq!(refused.len(), 0, "{}", told(&refused));
    assert_eq!(policy.status.unwrap().unused_exemptions, Vec::<String>::new());

    cluster.install_definitions().await;
    cluster
        .within(A_LOOK, "the rest is added", async || {
            let status = cluster.item(PRIVILEGED, &web).await?.status?;
            (status.remediation.is_some() && status.due_at.is_some()).then_some(())
        })
        .await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
    cluster
        .eventually("the policy has the rest, too", async || {
            let remarks = cluster.policy("baseline").await.status?.unused_exemptions;
            (!remarks.is_empty()).then_some(())
        })
        .await;
}

#[tokio::test]
async fn definitions_that_become_older_are_noticed() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;

    apply_without(&cluster, &["remediation"]).await;
    cluster.apply(&deployment("shop", "api", true)).await;
    let api = target("apps", "Deployment", "shop", "api");
    cluster
        .within(A_LOOK, "the next item opens", async || {
            let status = cluster.item(PRIVILEGED, &api).await?.status?;
            (status.state == Some(State::Open)).then_some(())
        })
        .await;
    cluster.condition_becomes("baseline", "Degraded", true, "CRDOutdated").await;
    cluster.comes_to_rest().await;
}

#[tokio::test]
async fn without_the_right_to_look_nothing_is_told() {
    let cluster = Cluster::start().await;
    cluster
        .change_role(|rules| {
            let is_ours = |rule: &Value| rule["resources"][0] != "customresourcedefinitions";
            rules.retain(is_ours);
        })
        .await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.condition_becomes("baseline", "Degraded", false, "Complete").await;
    let told = controller.log_lines(&[" DEBUG ", "the definitions cannot be compared"]);
    assert_eq!(told.len(), 1, "{told:?}");
}

fn lacks(status: &ActionItemStatus) -> bool {
    status.remediation.is_none() && status.due_at.is_none() && !status.evidence.is_empty()
}

/// Applies our definitions without these fields of a status.
async fn apply_without(cluster: &Cluster, fields: &[&str]) {
    for definition in crds() {
        let mut definition = json!(definition);
        let status = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties";
        let known = definition.pointer_mut(status).and_then(Value::as_object_mut).unwrap();
        fields.iter().for_each(|field| drop(known.remove(*field)));
        cluster.apply(&definition.to_string()).await;
    }
}
