//! Checks in CEL that look at several objects follow all of them, and conclude nothing from what could
//! not be kept.

use std::time::Duration;

use holystone::{api::State, engine::Target};
use serde_json::json;

use crate::support::{Cluster, deployment, target, told};

/// Each Deployment has a `ConfigMap` of its name beside it, and all hosts differ.
const POLICY: &str = "
apiVersion: holystone.dev/v1alpha1
kind: AuditPolicy
metadata: {name: own}
spec:
  checks:
    profiles: []
    custom:
      - id: configured
        title: Deployments have a ConfigMap of their name
        severity: high
        match: [{apiGroups: [apps], kinds: [Deployment]}]
        relatedKinds: [{kind: ConfigMap}]
        validations:
          - expression: objects.exists(o, o.metadata.name == object.metadata.name)
            message: no ConfigMap has its name
      - id: one-name
        title: Names are given once
        severity: low
        match: [{apiGroups: [apps], kinds: [Deployment]}]
        relatedKinds: [{apiGroup: apps, kind: Deployment, scope: cluster}]
        validations:
          - expression: objects.filter(o, o.metadata.name == object.metadata.name).size() == 1
            messageExpression: \"string(objects.size()) + ' in all'\"
";

fn about(namespace: &str, name: &str) -> Target {
    target("apps", "Deployment", namespace, name)
}

fn config(namespace: &str, name: &str, bytes: usize) -> String {
    let metadata = json!({ "name": name, "namespace": namespace });
    let data = json!({ "text": "x".repeat(bytes) });
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data })
        .to_string()
}

async fn shop() -> Cluster {
    let cluster = Cluster::start().await;
    for namespace in ["bulk", "office", "shop"] {
        cluster.create_namespace(namespace).await;
    }
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.apply(POLICY).await;
    cluster
}

#[tokio::test]
async fn a_finding_follows_the_objects_that_it_is_about() {
    const CONFIGURED: &str = "own.configured";
    const ONE_NAME: &str = "own.one-name";
    let cluster = shop().await;
    let controller = cluster.controller();
    let (web, office) = (about("shop", "web"), about("office", "web"));
    let item = cluster.item_becomes(CONFIGURED, &web, State::Open).await;
    assert_eq!(item.status.unwrap().message.as_deref(), Some("no ConfigMap has its name"));
    // What is in another namespace does not count.
    cluster.apply(&config("office", "web", 1)).await;
    cluster.apply(&config("shop", "web", 1)).await;
    cluster.item_is_resolved(CONFIGURED, &web, "Fixed").await;
    cluster.object("v1", "ConfigMap", "shop", "web").delete().await;
    cluster.item_becomes(CONFIGURED, &web, State::Open).await;

    // Of the whole cluster it does.
    cluster.apply(&deployment("office", "web", false)).await;
    let item = cluster.item_becomes(ONE_NAME, &web, State::Open).await;
    assert_eq!(item.status.unwrap().message.as_deref(), Some("2 in all"));
    cluster.item_becomes(ONE_NAME, &office, State::Open).await;
    assert!(cluster.item(CONFIGURED, &office).await.is_none());

    cluster.comes_to_rest().await;
    let items = cluster.items().await;
    controller.stop();
    let mark = cluster.mark();
    let controller = cluster.controller();
    cluster
        .eventually("everything is read again", async || {
            let judged = "holystone_objects_judged_total{kind=\"Deployment\"}";
            (controller.metric(judged).await? >= 2).then_some(())
        })
        .await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let writes = cluster.writes_since(mark);
    assert_eq!(writes.len(), 0, "{}", told(&writes));
    assert_eq!(cluster.items().await, items);

    cluster.deployment("office", "web").delete().await;
    cluster.item_is_resolved(ONE_NAME, &web, "Fixed").await;
}

#[tokio::test]
async fn what_does_not_fit_neither_opens_nor_closes() {
    const CONFIGURED: &str = "own.configured";
    const LEFT_OUT: &str = "holystone_whole_objects_left_out";
    let cluster = shop().await;
    let controller = cluster.controller_with(&["--whole-objects-mib=1"]);
    let web = about("shop", "web");
    cluster.item_becomes(CONFIGURED, &web, State::Open).await;
    for number in 0..5 {
        cluster.apply(&config("bulk", &format!("bulk-{number}"), 200_000)).await;
    }
    cluster
        .eventually("the room is taken", async || {
            let taken = controller.metric("holystone_whole_objects_bytes").await?;
            (taken > 1_000_000).then_some(())
        })
        .await;
    cluster.apply(&config("shop", "web", 200_000)).await;
    let message = cluster.condition_becomes("own", "Degraded", true, "ObjectsLeftOut").await;
    assert_eq!(
        message,
        "ConfigMap: 1 do not fit into the 1 MiB for whole objects (--whole-objects-mib): checks \
         that look them up cannot know"
    );
    cluster.metric_becomes(&controller, LEFT_OUT, 1).await;
    // Were it seen before the object that does not fit, it would be judged.
    cluster.apply(&deployment("shop", "api", false)).await;
    let coverage = cluster.audit_now("own").await.status.unwrap().coverage;
    let maps = coverage.iter().find(|kind| kind.kind == "ConfigMap").unwrap();
    assert!(maps.problem.as_deref().unwrap().starts_with("1 do not fit"), "{maps:?}");
    cluster.comes_to_rest().await;
    let state = cluster.item(CONFIGURED, &web).await.unwrap().status.unwrap().state;
    assert_eq!(state, Some(State::Open));
    assert!(cluster.item(CONFIGURED, &about("shop", "api")).await.is_none());

    // There is room again, which the next audit finds.
    cluster.object("v1", "ConfigMap", "bulk", "bulk-0").delete().await;
    cluster.audit_now("own").await;
    cluster.item_is_resolved(CONFIGURED, &web, "Fixed").await;
    cluster.item_becomes(CONFIGURED, &about("shop", "api"), State::Open).await;
    cluster.condition_becomes("own", "Degraded", false, "Complete").await;
    cluster.metric_becomes(&controller, LEFT_OUT, 0).await;
}
