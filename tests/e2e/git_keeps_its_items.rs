//! Items that Flux and Argo CD apply, prune and apply again: what Git sets stays, what the controller
//! sets stays, and nothing of ours makes a tool think that an item is its own.

use std::time::Duration;

use holystone::api::State;
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::support::{Cluster, PRIVILEGED, deployment, item_manifest, target, told};

const POLICY: &str = "{checks: {profiles: [], include: [privileged-container]}, retention: 2s}";

/// How the tools mark what they apply.
fn marked(manager: &str, mut object: Value, id: &str) -> Value {
    let metadata = &mut object["metadata"];
    if manager == "kustomize-controller" {
        metadata["labels"]["kustomize.toolkit.fluxcd.io/name"] = "shop".into();
        metadata["labels"]["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system".into();
    } else {
        metadata["labels"]["app.kubernetes.io/instance"] = "shop".into();
        metadata["annotations"]["argocd.argoproj.io/tracking-id"] = format!("shop:{id}").into();
    }
    object
}

fn web(manager: &str, privileged: bool) -> Value {
    let object = deployment("shop", "web", privileged);
    let object = serde_json::from_str(&object).unwrap();
    marked(manager, object, "apps/Deployment:shop/web")
}

fn committed(manager: &str, note: &str) -> Value {
    let about = target("apps", "Deployment", "shop", "web");
    let decision = json!({ "reason": "risk-accepted", "note": note });
    let mut object = item_manifest(PRIVILEGED, &about, &json!({ "decision": decision }));
    object["metadata"]["labels"]["team"] = "shop".into();
    let id = format!("holystone.dev/ActionItem:shop/{}", object["metadata"]["name"]);
    marked(manager, object, &id.replace('"', ""))
}

async fn is_kept_by(manager: &str) {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", POLICY).await;
    cluster.apply_as(manager, &web(manager, false)).await;
    let about = target("apps", "Deployment", "shop", "web");
    let _controller = cluster.controller();
    cluster.audited("baseline").await;

    // In advance; it outlives the retention, and applying it again changes nothing.
    cluster.apply_as(manager, &committed(manager, "SEC-12")).await;
    cluster.item_is_resolved(PRIVILEGED, &about, "NoFinding").await;
    cluster.comes_to_rest().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mark = cluster.mark();
    let item = cluster.item(PRIVILEGED, &about).await.expect("it is not deleted");
    cluster.apply_as(manager, &committed(manager, "SEC-12")).await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.item(PRIVILEGED, &about).await.as_ref(), Some(&item));
    assert_eq!(cluster.writes_since(mark).len(), 0);
    carries_both(&cluster, manager).await;

    // At once: it is never open.
    cluster.apply_as(manager, &web(manager, true)).await;
    let item = cluster.item_becomes(PRIVILEGED, &about, State::Exempt).await;
    let status = item.status.unwrap();
    assert_eq!((status.opened_at, status.times_reopened), (None, 0));
    cluster.apply_as(manager, &committed(manager, "SEC-13")).await;
    cluster
        .eventually("what Git says now is in force", async || {
            let status = cluster.item(PRIVILEGED, &about).await?.status?;
            (status.exemption?.note? == "SEC-13").then_some(())
        })
        .await;
    carries_both(&cluster, manager).await;

    // Pruned while it fails: the finding is still there, and nobody accepts it any more.
    let handle = cluster.item_object(PRIVILEGED, &about);
    handle.delete().await;
    let item = cluster.item_becomes(PRIVILEGED, &about, State::Open).await;
    assert_eq!((&item.spec.decision, &item.spec.assignee), (&None, &None));
    let labels: Vec<_> = item.labels().keys().map(String::as_str).collect();
    assert_eq!(labels, ["holystone.dev/check", "holystone.dev/kind"], "none of its target");
    assert!(item.annotations().is_empty() && item.finalizers().is_empty());
    assert!(item.owner_references().is_empty());

    // And back again; then repaired and pruned, which leaves nothing.
    cluster.apply_as(manager, &committed(manager, "SEC-14")).await;
    let item = cluster.item_becomes(PRIVILEGED, &about, State::Exempt).await;
    assert_eq!(item.status.unwrap().exemption.unwrap().note.as_deref(), Some("SEC-14"));
    carries_both(&cluster, manager).await;
    cluster.apply_as(manager, &web(manager, false)).await;
    cluster.item_is_resolved(PRIVILEGED, &about, "Fixed").await;
    handle.delete().await;
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await, []);
    let writes = cluster.writes_since(mark).only(|record| record.subresource.is_empty());
    let spec = |record: &control_plane::Record| {
        let body = record.request.as_ref();
        body.is_some_and(|body| body.pointer("/spec/decision").is_some())
    };
    assert_eq!(writes.clone().only(spec).len(), 0, "{}", told(&writes));
}

/// What Git set, and what the controller did.
async fn carries_both(cluster: &Cluster, manager: &str) {
    let about = target("apps", "Deployment", "shop", "web");
    let item = cluster.item(PRIVILEGED, &about).await.unwrap();
    let wanted = committed(manager, "");
    let labels = wanted["metadata"]["labels"].as_object().unwrap();
    for (label, value) in labels {
        assert_eq!(item.labels().get(label).map(String::as_str), value.as_str(), "{label}");
    }
    assert_eq!(item.labels()["holystone.dev/check"], PRIVILEGED);
    assert_eq!(item.labels().len(), labels.len() + 2);
    let is_tracked = item.annotations().contains_key("argocd.argoproj.io/tracking-id");
    assert_eq!(is_tracked, manager == "argocd-controller");
}

#[tokio::test]
async fn with_flux() {
    Box::pin(is_kept_by("kustomize-controller")).await;
}

#[tokio::test]
async fn with_argo_cd() {
    Box::pin(is_kept_by("argocd-controller")).await;
}
