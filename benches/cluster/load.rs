//! What is in the cluster before the controller comes.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::{TryStreamExt, stream};
use holystone::api;
use kube::{
    Api, Client,
    api::{DynamicObject, Patch, PatchParams, PostParams},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::Value;

use super::{
    CONNECTIONS,
    generator::{self, Variety},
};

/// Pods of each workload.
const PODS: usize = 3;

/// The definitions, the account and the rights of the controller, and a policy.
pub async fn install(client: &Client, policy: &str) -> Result<()> {
    let account = include_str!("../../config/rbac/account.yaml");
    let role = include_str!("../../config/rbac/role.yaml");
    for text in [account, role] {
        apply(client, text).await?;
    }
    for (_, yaml) in api::files()? {
        apply(client, &yaml).await?;
    }
    let started = Instant::now();
    while apply(client, policy).await.is_err() {
        ensure!(started.elapsed() < Duration::from_secs(20), "the definitions are not served");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

async fn apply(client: &Client, yaml: &str) -> Result<()> {
    for document in yaml.split("\n---\n") {
        let value: Value = serde_saphyr::from_str(document)?;
        let name = value["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let parameters = PatchParams::apply("bench").force();
        dynamic(client, &value).patch(&name, &parameters, &Patch::Apply(&value)).await?;
    }
    Ok(())
}

/// Namespaces, Deployments, and their ReplicaSets and Pods.
pub async fn load(client: &Client, size: usize) -> Result<()> {
    let namespaces = (0..generator::namespaces(size)).map(generator::namespace);
    create_all(client, namespaces).await?;
    stream::iter((0..size).map(Ok))
        .try_for_each_concurrent(CONNECTIONS, async |index| workload(client, index, size).await)
        .await
}

async fn workload(client: &Client, index: usize, size: usize) -> Result<()> {
    let deployment = generator::deployment(index, size, Variety::Shared);
    let deployment = create(client, deployment).await?;
    let set = create(client, generator::replica_set(&deployment)).await?;
    for number in 0..PODS {
        create(client, generator::pod(&set, number)).await?;
    }
    Ok(())
}

/// Creates objects, several at once.
pub async fn create_all(client: &Client, objects: impl Iterator<Item = Value>) -> Result<()> {
    stream::iter(objects.map(Ok))
        .try_for_each_concurrent(CONNECTIONS, async |object| create(client, object).await.map(drop))
        .await
}

/// Creates an object; the answer is the object, with its UID.
async fn create(client: &Client, mut object: Value) -> Result<Value> {
    let api = dynamic(client, &object);
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("managedFields");
    }
    let created = api.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
    Ok(serde_json::to_value(created)?)
}

/// The API of the kind of an object, in its namespace.
pub fn dynamic(client: &Client, value: &Value) -> Api<DynamicObject> {
    let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
    let api_version = text(&value["apiVersion"]);
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    let kind = GroupVersionKind::gvk(group, version, &text(&value["kind"]));
    let resource = ApiResource::from_gvk(&kind);
    match value["metadata"]["namespace"].as_str() {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    }
}
