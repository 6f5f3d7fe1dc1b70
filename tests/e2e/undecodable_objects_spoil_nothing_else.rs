//! An object that cannot be decoded keeps its items, is told of, and spoils nothing else. The API
//! server lets no such object in, so a proxy makes them.

use std::time::Duration;

use holystone::api::State;
use serde_json::json;

use crate::support::{
    Cluster, Fault, ONLY_PRIVILEGED, PRIVILEGED, Proxy, deployment, item_manifest, target,
};

const IMAGE: &str = "registry.example.com/secret-name:1";

fn spoilt_image() -> Fault {
    Fault::Replace(format!(r#""image":"{IMAGE}""#), r#""image":{"no":["text"]}"#.to_owned())
}

#[tokio::test]
async fn an_audited_object() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let broken = deployment("shop", "broken", true).replace("registry.example.com/app:1", IMAGE);
    cluster.apply(&broken).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let proxy = Proxy::start(&cluster).await;
    let controller = proxy.controller_with(&[]);
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    let opened = cluster.item_becomes(PRIVILEGED, &about("broken"), State::Open).await;
    cluster.item_becomes(PRIVILEGED, &about("web"), State::Open).await;
    cluster.audited("baseline").await;

    proxy.set([spoilt_image()]);
    let problem = problem_of(&cluster).await.expect("it is told of");
    assert!(problem.starts_with("shop/broken: field `spec.template.spec.containers"), "{problem}");
    assert!(!problem.contains("text") && !problem.contains("secret-name"), "{problem}");
    let metric = r#"holystone_objects_undecodable_total{kind="Deployment"}"#;
    assert!(controller.metric(metric).await >= Some(1));
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &about("web"), "Fixed").await;
    cluster.apply(&broken.replace("true", "false")).await;

    controller.stop();
    let controller = proxy.controller_with(&[]);
    assert!(problem_of(&cluster).await.is_some());
    cluster.apply(&deployment("shop", "new", true)).await;
    cluster.item_becomes(PRIVILEGED, &about("new"), State::Open).await;
    assert_eq!(cluster.item(PRIVILEGED, &about("broken")).await, Some(opened));
    assert!(!controller.log().contains("secret-name"));

    proxy.set([]);
    assert_eq!(problem_of(&cluster).await, None);
    cluster.item_is_resolved(PRIVILEGED, &about("broken"), "Fixed").await;
}

/// What the coverage says of Deployments after a full audit.
async fn problem_of(cluster: &Cluster) -> Option<String> {
    let status = cluster.audit_now("baseline").await.status.unwrap();
    let kinds = status.coverage.into_iter();
    kinds.filter(|kind| kind.kind == "Deployment.apps").find_map(|kind| kind.problem)
}

#[tokio::test]
async fn a_policy() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let schedule = "{schedule: '7 7 * * *', checks: {profiles: [], include: [PRIVILEGED]}}";
    cluster.apply_policy("broken", &schedule.replace("PRIVILEGED", PRIVILEGED)).await;
    cluster.apply_policy("network", "{checks: {profiles: [], include: [host-network]}}").await;
    let proxy = Proxy::start(&cluster).await;
    let controller = proxy.controller_with(&[]);
    let web = target("apps", "Deployment", "shop", "web");
    let opened = cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    cluster.audited("broken").await;
    cluster.comes_to_rest().await;
    controller.stop();

    proxy.set([Fault::Replace(
        r#""schedule":"7 7 * * *""#.to_owned(),
        r#""schedule":{"no":"text"}"#.to_owned(),
    )]);
    let controller = proxy.controller_with(&[]);
    cluster
        .eventually("it is told of", async || {
            let lines = controller.log_lines(&[" WARN ", "cannot be decoded", "spec.schedule"]);
            (!lines.is_empty()).then_some(())
        })
        .await;
    cluster.audit_now("network").await;
    let item = async || cluster.item(PRIVILEGED, &web).await;
    cluster.stays(Duration::from_secs(4), "its items stay", item).await;
    assert_eq!(item().await, Some(opened));
}

#[tokio::test]
async fn an_item() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    cluster.apply(&deployment("shop", "broken", true)).await;
    let spec = json!({ "assignee": "broken@example.com" });
    cluster.apply(&item_manifest(PRIVILEGED, &about("broken"), &spec).to_string()).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Replace(
        r#""assignee":"broken@example.com""#.to_owned(),
        r#""assignee":{"no":"text"}"#.to_owned(),
    )]);
    let controller = proxy.controller_with(&[]);
    cluster.audited("baseline").await;
    assert!(!controller.log_lines(&[" WARN ", "cannot be decoded", "spec.assignee"]).is_empty());

    // However often that fails, the others are written as fast as ever.
    tokio::time::sleep(Duration::from_secs(15)).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster
        .within(Duration::from_secs(4), "another item opens", async || {
            cluster.item(PRIVILEGED, &about("web")).await?.status?.opened_at
        })
        .await;
    proxy.set([]);
    cluster
        .item_object(PRIVILEGED, &about("broken"))
        .merge(json!({ "spec": { "assignee": "bob" } }))
        .await;
    cluster.item_becomes(PRIVILEGED, &about("broken"), State::Open).await;
}
