//! What `kubectl wait` and field selectors read of items and policies is there, and turns when it should.

use holystone::api::{ActionItem, AuditPolicy, State};
use kube::{Api, ResourceExt, api::ListParams};
use serde_json::{Value, json};

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

/// What `kubectl wait --for=condition=NAME` looks at: a condition about an older generation does not count.
fn condition(object: &Value, name: &str) -> Option<bool> {
    let conditions = object["status"]["conditions"].as_array()?;
    let condition = conditions.iter().find(|condition| condition["type"] == name)?;
    let generation = object["metadata"]["generation"].as_i64();
    let observed = condition["observedGeneration"].as_i64();
    if observed.is_some() && observed < generation {
        return None;
    }
    Some(condition["status"] == "True")
}

async fn waits(cluster: &Cluster, kind: &str, name: (&str, &str), condition_name: &str, is: bool) {
    let object = cluster.object("holystone.dev/v1alpha1", kind, name.0, name.1);
    cluster
        .eventually(&format!("{kind} is {condition_name}={is}"), async || {
            let object = json!(object.get().await?);
            (condition(&object, condition_name) == Some(is)).then_some(())
        })
        .await;
}

#[tokio::test]
async fn conditions_turn_and_fields_select() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let item = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    let name = item.name_any();
    waits(&cluster, "ActionItem", ("shop", &name), "Resolved", false).await;
    waits(&cluster, "AuditPolicy", ("", "baseline"), "Compliant", false).await;
    waits(&cluster, "AuditPolicy", ("", "baseline"), "Ready", true).await;

    // Triage moves the generation, and must not make anybody wait for ever.
    let patch = json!({ "spec": { "assignee": "alice", "links": [] } });
    cluster.item_object(PRIVILEGED, &web).merge(patch).await;
    waits(&cluster, "ActionItem", ("shop", &name), "Resolved", false).await;

    let items = Api::<ActionItem>::all(cluster.client.clone());
    let count = async |selector: &str| {
        let list = items.list(&ListParams::default().fields(selector)).await;
        list.expect("the field can be selected").items.len()
    };
    for (is, other) in [
        ("spec.check=privileged-container", "spec.check=host-pid"),
        ("spec.target.kind=Deployment", "spec.target.kind=Pod"),
        ("spec.target.name=web", "spec.target.name=api"),
        ("spec.assignee=alice", "spec.assignee=bob"),
        ("status.state=Open", "status.state=Resolved"),
        ("status.severity=critical", "status.severity=low"),
        ("status.category=pod-security", "status.category=rbac"),
        ("status.owner=", "status.owner=team"),
        ("status.state!=Exempt,status.state!=Resolved", "status.state!=Open"),
    ] {
        assert_eq!((count(is).await, count(other).await), (1, 0), "{is}");
    }

    cluster.apply(&deployment("shop", "web", false)).await;
    waits(&cluster, "ActionItem", ("shop", &name), "Resolved", true).await;
    waits(&cluster, "AuditPolicy", ("", "baseline"), "Compliant", true).await;
    let policies = Api::<AuditPolicy>::all(cluster.client.clone());
    assert!(policies.list(&ListParams::default().fields("metadata.name=baseline")).await.is_ok());
}
