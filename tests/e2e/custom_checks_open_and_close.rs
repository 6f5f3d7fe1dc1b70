//! Checks in CEL find what is wrong with built-in objects and with custom resources, as it comes and
//! goes.

use holystone::api::State;
use serde_json::json;

use crate::support::{Cluster, deployment, lamp, target};

const POLICY: &str = "
apiVersion: holystone.dev/v1alpha1
kind: AuditPolicy
metadata: {name: own}
spec:
  checks:
    profiles: []
    custom:
      - id: twice
        title: Deployments run twice
        severity: high
        match: [{apiGroups: [apps], kinds: [Deployment]}]
        validations:
          - {expression: object.spec.replicas > 1, message: runs once, path: /spec/replicas}
      - id: small
        title: Lamps are small
        severity: low
        match: [{apiGroups: [shop.example.com], kinds: [Lamp]}]
        validations:
          - expression: object.spec.size <= 10
            messageExpression: \"'size is ' + string(object.spec.size)\"
      - id: on-call
        title: Somebody is on call
        severity: medium
        match:
          - apiGroups: [shop.example.com]
            kinds: [Lamp]
            namespaceSelector: {matchLabels: {tier: prod}}
        validations:
          - expression: \"'oncall' in namespaceObject.metadata.?annotations.orValue({})\"
            message: nobody is on call
";

#[tokio::test]
async fn a_check_of_a_built_in_kind_opens_and_closes() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.apply(POLICY).await;
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web");
    let item = cluster.item_becomes("own.twice", &web, State::Open).await;
    let status = item.status.unwrap();
    assert_eq!(status.message.as_deref(), Some("runs once"));
    assert_eq!(status.evidence[0].path, "/spec/replicas");
    cluster.deployment("shop", "web").merge(json!({ "spec": { "replicas": 2 } })).await;
    cluster.item_is_resolved("own.twice", &web, "Fixed").await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await.len(), 1);
}

#[tokio::test]
async fn a_check_of_a_custom_resource_opens_and_closes() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(RIGHTS).await;
    cluster.serve_lamps(&["v1"]).await;
    cluster.apply(POLICY).await;
    let _controller = cluster.controller();
    cluster.audited("own").await;
    cluster.apply(&lamp("shop", "large", 11)).await;
    cluster.apply(&lamp("shop", "small", 3)).await;
    let large = target("shop.example.com", "Lamp", "shop", "large");
    let item = cluster.item_becomes("own.small", &large, State::Open).await;
    assert_eq!(item.status.unwrap().message.as_deref(), Some("size is 11"));

    // The labels and annotations of the namespace count at once.
    let namespace = cluster.object("v1", "Namespace", "", "shop");
    namespace.merge(json!({ "metadata": { "labels": { "tier": "prod" } } })).await;
    cluster.item_becomes("own.on-call", &large, State::Open).await;
    namespace.merge(json!({ "metadata": { "annotations": { "oncall": "shop" } } })).await;
    cluster.item_is_resolved("own.on-call", &large, "Fixed").await;

    let object = cluster.object("shop.example.com/v1", "Lamp", "shop", "large");
    object.merge(json!({ "spec": { "size": 5 } })).await;
    cluster.item_is_resolved("own.small", &large, "Fixed").await;
    object.merge(json!({ "spec": { "size": 50 } })).await;
    cluster.item_becomes("own.small", &large, State::Open).await;
    object.delete().await;
    cluster.item_is_resolved("own.small", &large, "TargetDeleted").await;
    let coverage = cluster.audit_now("own").await.status.unwrap().coverage;
    let lamps = coverage.iter().find(|kind| kind.kind == "Lamp.shop.example.com").unwrap();
    assert_eq!((lamps.objects, lamps.problem.as_deref()), (1, None));
}

#[tokio::test]
async fn a_kind_is_read_in_the_version_that_checks_name() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply(RIGHTS).await;
    cluster.serve_lamps(&["v1", "v2"]).await;
    cluster.apply(&lamp("shop", "large", 11)).await;
    let with = |versions: &str| {
        let kinds = "apiGroups: [shop.example.com], kinds: [Lamp]";
        POLICY.replacen(kinds, &format!("{kinds}, apiVersions: [{versions}]"), 1)
    };
    cluster.apply(&with("v1")).await;
    let _controller = cluster.controller();
    let large = target("shop.example.com", "Lamp", "shop", "large");
    cluster.item_becomes("own.small", &large, State::Open).await;
    cluster.apply(&with("v0, v2")).await;
    let status = cluster.audited("own").await.status.unwrap();
    assert!(status.rejected_checks.is_empty(), "{:?}", status.rejected_checks);
    cluster.apply(&with("v0")).await;
    cluster
        .eventually("what is never read is told", async || {
            let status = cluster.policy("own").await.status?;
            let rejected = status.rejected_checks.first()?;
            let is_told = rejected.reason.contains("Lamp is read as shop.example.com/v2");
            (rejected.id == "own.small" && is_told).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_kind_that_may_not_be_read_degrades_its_policy() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.serve_lamps(&["v1"]).await;
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.apply(POLICY).await;
    let _controller = cluster.controller();
    let message = cluster.condition_becomes("own", "Degraded", true, "KindUnreadable").await;
    assert!(message.contains("lamps.shop.example.com"), "{message}");
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes("own.twice", &web, State::Open).await;
    cluster.apply(RIGHTS).await;
    cluster.condition_becomes("own", "Degraded", false, "Complete").await;
}

/// What an administrator adds to the controller's rights for custom resources.
const RIGHTS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lamps}
rules:
  - {apiGroups: [shop.example.com], resources: [lamps], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: lamps}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lamps}
subjects: [{kind: ServiceAccount, name: holystone, namespace: holystone-system}]
";
