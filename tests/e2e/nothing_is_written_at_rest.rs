//! Nothing changed, nothing written: neither by a full audit nor by changes that no check sees.

use std::time::Duration;

use futures::{StreamExt, stream};
use holystone::api::State;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{Cluster, PRIVILEGED, bare_pod, deployment, target, told};

/// All checks, alone and related ones, over 500 objects; most findings are only counted.
const POLICY: &str = "{checks: {profiles: [all]}, severityFloor: high, due: {critical: 72h, high: 720h}, \
    selfService: {maxDuration: 2160h}, exemptions: [{checks: [privileged-*], names: ['web-1*'], \
    namespaceSelector: {}, reason: risk-accepted, until: '2199-12-31'}]}";
const EACH: usize = 100;

#[tokio::test]
async fn audits_and_status_changes_write_nothing() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    make_objects(&cluster).await;
    cluster.apply_policy("everything", POLICY).await;
    cluster.apply_policy("nightly", &POLICY.replacen('{', "{watch: false, ", 1)).await;
    let controller = cluster.controller();
    let last = target("apps", "Deployment", "shop", &format!("web-{}", EACH - 1));
    cluster.item_becomes(PRIVILEGED, &last, State::Open).await;
    cluster.audited("everything").await;
    let decision =
        json!({ "spec": { "decision": { "reason": "will-not-fix", "note": "SEC-12" } } });
    cluster.item_object(PRIVILEGED, &last).merge(decision).await;
    cluster.item_becomes(PRIVILEGED, &last, State::Exempt).await;
    cluster.comes_to_rest().await;
    let items = cluster.items().await;
    assert!(items.len() > 2 * EACH, "there are {} items", items.len());

    let mark = cluster.mark();
    let policy = cluster.audit_now("everything").await;
    assert!(policy.status.unwrap().last_audit.unwrap().objects >= 5 * EACH as u64);
    cluster.comes_to_rest().await;
    let writes = cluster.writes_since(mark);
    assert_eq!(writes.clone().about("holystone.dev", "actionitems").len(), 0, "{}", told(&writes));
    let statuses = writes.clone().about("holystone.dev", "auditpolicies");
    for name in ["everything", "nightly"] {
        let told_once = statuses.clone().only(|record| record.name == name).len() <= 1;
        assert!(told_once, "{}", told(&statuses));
    }
    assert_eq!(writes.len(), statuses.len(), "{}", told(&writes));

    let judged = async || controller.metric("holystone_objects_judged_total{kind=\"Pod\"}").await;
    let before = judged().await.unwrap();
    let mark = cluster.mark();
    change_statuses(&cluster).await;
    cluster
        .eventually("the changes are seen", async || {
            (judged().await? >= before + EACH).then_some(())
        })
        .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let writes = cluster.writes_since(mark);
    assert_eq!(writes.len(), 0, "{}", told(&writes));
    assert_eq!(cluster.items().await, items);
}

/// Deployments, Pods, Services, accounts and Roles.
async fn make_objects(cluster: &Cluster) {
    let simple = |kind: &str, api_version: &str, name: String, body: Value| {
        let mut object = json!({
            "apiVersion": api_version,
            "kind": kind,
            "metadata": { "name": name, "namespace": "shop" },
        });
        let fields = body.as_object().into_iter().flatten();
        fields.for_each(|(field, value)| object[field] = value.clone());
        object.to_string()
    };
    let role = "rbac.authorization.k8s.io/v1";
    let rules = json!({ "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["*"] }] });
    let manifests = (0..EACH).flat_map(|number| {
        let web = format!("web-{number}");
        let ports = json!([{ "port": 80 }]);
        let service = json!({ "spec": { "selector": { "app": web }, "ports": ports } });
        [
            deployment("shop", &web, number % 2 == 1),
            bare_pod("shop", &format!("pod-{number}"), number % 2 == 1),
            simple("Service", "v1", web.clone(), service),
            simple("ServiceAccount", "v1", web.clone(), json!({})),
            simple("Role", role, web, rules.clone()),
        ]
    });
    let applied = stream::iter(manifests).map(async |manifest| cluster.apply(&manifest).await);
    applied.buffer_unordered(8).collect::<Vec<()>>().await;
}

/// What kubelets and controllers report all day.
async fn change_statuses(cluster: &Cluster) {
    let pods = cluster.api("v1", "Pod", "shop");
    let deployments = cluster.api("apps/v1", "Deployment", "shop");
    for number in 0..EACH {
        let parameters = PatchParams::default();
        let pod = json!({ "status": { "phase": "Running", "podIP": "10.0.0.1" } });
        let (name, patch) = (format!("pod-{number}"), Patch::Merge(pod));
        pods.patch_status(&name, &parameters, &patch).await.expect("a status can be set");
        let status = json!({ "replicas": 1, "readyReplicas": 1, "observedGeneration": 1 });
        let (name, patch) = (format!("web-{number}"), Patch::Merge(json!({ "status": status })));
        deployments.patch_status(&name, &parameters, &patch).await.expect("a status can be set");
    }
}
