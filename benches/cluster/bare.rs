//! The same two requests as the controller's, by a client that does nothing else.

use std::time::Instant;

use anyhow::Result;
use futures::{TryStreamExt, stream};
use holystone::api::ActionItem;
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};

use super::{CONNECTIONS, load::create_all};

/// Items that the bare client writes.
const BARE: usize = 1_000;

/// Items a second.
pub async fn rate(client: &Client, namespace: &str) -> Result<f64> {
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
    create_all(client, std::iter::once(object)).await?;
    let items = Api::<ActionItem>::namespaced(client.clone(), namespace);
    let started = Instant::now();
    stream::iter((0..BARE).map(Ok::<_, anyhow::Error>))
        .try_for_each_concurrent(CONNECTIONS, async |index| {
            let name = format!("bare-{index}");
            let item = item(&name, namespace)?;
            let created = items.create(&PostParams::default(), &item).await?;
            let patch = json!({
                "apiVersion": "holystone.dev/v1alpha1",
                "kind": "ActionItem",
                "metadata": {"resourceVersion": created.metadata.resource_version},
                "status": status(),
            });
            let parameters = PatchParams::apply("bare").force();
            items.patch_status(&name, &parameters, &Patch::Apply(patch)).await?;
            Ok(())
        })
        .await?;
    Ok(BARE as f64 / started.elapsed().as_secs_f64())
}

fn item(name: &str, namespace: &str) -> Result<ActionItem> {
    Ok(serde_json::from_value(json!({
        "apiVersion": "holystone.dev/v1alpha1",
        "kind": "ActionItem",
        "metadata": {"name": name, "labels": {
            "holystone.dev/check": "privileged-container", "holystone.dev/kind": "Deployment"}},
        "spec": {"check": "privileged-container", "target": {
            "group": "apps", "kind": "Deployment", "namespace": namespace, "name": name}},
    }))?)
}

fn status() -> Value {
    json!({
        "state": "Open", "reason": "Failing", "policies": ["bench"], "severity": "critical",
        "severityRank": 1, "category": "pod-security",
        "message": "container `app` is privileged",
        "remediation": "remove `privileged`; add only the capability or device that is needed",
        "evidence": [{
            "path": "/spec/template/spec/containers/0/securityContext/privileged",
            "container": "app", "found": "true", "wanted": "not true"}],
        "firstSeen": "2026-01-01T00:00:00Z", "openedAt": "2026-01-01T00:00:00Z",
        "conditions": [{
            "type": "Resolved", "status": "False", "lastTransitionTime": "2026-01-01T00:00:00Z",
            "reason": "Failing", "message": "the check fails"}],
    })
}
