//! What `kubectl wait` and field selectors read of items and policies is there, and turns when it should;
//! kubectl itself finds the plugin.

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

/// What kubectl prints, of a command that has to go well; our program is its plugin.
async fn kubectl(cluster: &Cluster, arguments: &[&str]) -> String {
    let plugins = tempfile::tempdir().expect("there is a folder");
    let plugin = plugins.path().join("kubectl-holystone");
    let link = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_holystone"), plugin);
    link.expect("the program can be linked to");
    let mut command = cluster.plane.kubectl().await.expect("there is a kubectl");
    let output = command.args(arguments).env("PATH", plugins.path()).output();
    let output = output.expect("kubectl runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).expect("it is text")
}

#[tokio::test]
async fn kubectl_waits_and_finds_the_plugin() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let _controller = cluster.controller();
    kubectl(&cluster, &["wait", "--for=condition=Ready", "apol/baseline", "--timeout=60s"]).await;
    let web = target("apps", "Deployment", "shop", "web");
    let name = cluster.item_becomes(PRIVILEGED, &web, State::Open).await.name_any();
    let item = format!("ai/{name}");

    let open = "--field-selector=status.state=Open,status.severity=critical";
    let listed = kubectl(&cluster, &["get", "ai", "-n", "shop", open, "-o", "wide"]).await;
    let [head, row] = *listed.lines().collect::<Vec<_>>() else { panic!("{listed}") };
    let columns: Vec<_> = head.split_whitespace().collect();
    let expected = ["NAME", "SEVERITY", "STATE", "CHECK", "KIND", "TARGET", "AGE"];
    assert!(columns.starts_with(&expected) && row.starts_with(&name), "{listed}");
    let told = kubectl(&cluster, &["holystone", "get", "-n", "shop", "-o", "name"]).await;
    assert_eq!(told, format!("actionitem.holystone.dev/{name}\n"));
    let told = kubectl(&cluster, &["explain", "actionitem.spec.decision.until"]).await;
    assert!(told.contains("The last day (UTC) or the moment of the decision"), "{told}");

    let wait = async |what: &str, object: &str| {
        let arguments = ["wait", &format!("--for={what}"), "-n", "shop", object, "--timeout=60s"];
        kubectl(&cluster, &arguments).await;
    };
    wait("condition=Resolved=false", &item).await;
    wait("condition=Compliant=false", "apol/baseline").await;
    wait("jsonpath={.status.state}=Open", &item).await;
    cluster.apply(&deployment("shop", "web", false)).await;
    wait("condition=Resolved", &item).await;
    wait("condition=Compliant", "apol/baseline").await;
}
