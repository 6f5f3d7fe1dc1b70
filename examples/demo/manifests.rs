//! Manifests, applied as `kubectl apply --server-side` applies them.

use anyhow::{Context, anyhow};
use kube::{
    Api, Client,
    api::{DynamicObject, Patch, PatchParams},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::Value;

/// Applies all documents, in their order; gives what the server has made of them.
pub(crate) async fn apply(client: &Client, yaml: &str) -> anyhow::Result<Vec<DynamicObject>> {
    let mut applied = Vec::new();
    for document in read_all(yaml)? {
        applied.push(apply_one(client, &document).await?);
    }
    Ok(applied)
}

/// The only document of a manifest.
pub(crate) fn read(yaml: &str) -> anyhow::Result<Value> {
    Ok(serde_saphyr::from_str(yaml)?)
}

fn read_all(yaml: &str) -> anyhow::Result<Vec<Value>> {
    Ok(serde_saphyr::from_multiple(yaml)?)
}

async fn apply_one(client: &Client, document: &Value) -> anyhow::Result<DynamicObject> {
    let text = |pointer| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind, name) = (text("/apiVersion"), text("/kind"), text("/metadata/name"));
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
    let api: Api<DynamicObject> = match text("/metadata/namespace") {
        "" => Api::all_with(client.clone(), &resource),
        namespace => Api::namespaced_with(client.clone(), namespace, &resource),
    };
    let parameters = PatchParams::apply("demo").force();
    let applied = api.patch(name, &parameters, &Patch::Apply(document)).await;
    applied.map_err(|error| anyhow!(error)).with_context(|| format!("cannot apply {kind} {name}"))
}
