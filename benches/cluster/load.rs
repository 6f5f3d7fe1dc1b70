//! What is in the cluster before the controller comes.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use control_plane::ControlPlane;
use futures::{TryStreamExt, stream};
use holystone::api;
use kube::{
    Api, Client,
    api::{DynamicObject, ListParams, Patch, PatchParams, PostParams},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::{Value, json};

use super::{
    CONNECTIONS,
    etcd::{self, Etcd},
    generator::{self, Variety},
};

/// Pods of each workload.
const PODS: usize = 3;
/// A Deployment, a ReplicaSet, and the Pods.
const OBJECTS: usize = 2 + PODS;
/// For so long the API server may take in what was written.
const PATIENCE: Duration = Duration::from_secs(30);

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
        let parameters = PatchParams::apply("bench").force();
        dynamic(client, &value).patch(name(&value), &parameters, &Patch::Apply(&value)).await?;
    }
    Ok(())
}

/// Namespaces through the API, and workloads as another API server would store them.
pub async fn load(plane: &ControlPlane, size: usize) -> Result<()> {
    let (client, etcd) = (plane.client(), Etcd::of(plane)?);
    create_all(&client, (0..generator::namespaces(size)).map(generator::namespace)).await?;
    let together = etcd::TOGETHER / OBJECTS;
    stream::iter((0..size).step_by(together).map(Ok))
        .try_for_each_concurrent(CONNECTIONS, async |first| {
            let indexes = first..size.min(first + together);
            etcd.write(indexes.flat_map(|index| workload(index, size))).await
        })
        .await?;
    ensure_served(&client, size).await
}

/// A Deployment with its ReplicaSet and Pods.
fn workload(index: usize, size: usize) -> Vec<Value> {
    let numbered = |object, number| stored(object, index * OBJECTS + number);
    let deployment = numbered(generator::deployment(index, size, Variety::Shared), 0);
    let set = numbered(generator::replica_set(&deployment), 1);
    let pods = (0..PODS).map(|number| numbered(generator::pod(&set, number), 2 + number));
    let pods: Vec<_> = pods.collect();
    [vec![deployment, set], pods].concat()
}

/// What an API server adds to an object that is created.
fn stored(mut object: Value, number: usize) -> Value {
    let metadata = &mut object["metadata"];
    metadata["uid"] = json!(format!("00000000-0000-4000-8000-{number:012}"));
    metadata["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
    metadata["generation"] = json!(3);
    metadata["managedFields"] = generator::managed_fields();
    object
}

/// Fails unless the API server has as many objects as were written, and the last ones as they were.
async fn ensure_served(client: &Client, size: usize) -> Result<()> {
    let mut last = workload(size - 1, size);
    last.truncate(3);
    for (written, wanted) in last.iter().zip([size, size, size * PODS]) {
        let kind = &written["kind"];
        // All objects of one transaction have one version: a list is not told to wait for the last of them.
        let started = Instant::now();
        let mut served = count(client, written).await?;
        while served != wanted && started.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(100)).await;
            served = count(client, written).await?;
        }
        ensure!(
            served == wanted,
            "{wanted} objects of the kind {kind} were loaded; {served} are served"
        );
        let served = serde_json::to_value(dynamic(client, written).get(name(written)).await?)?;
        ensure!(holds(&served, written), "what was loaded is served as {served}");
    }
    Ok(())
}

/// How many objects of the kind there are, in all namespaces.
async fn count(client: &Client, value: &Value) -> Result<usize> {
    let api = Api::<DynamicObject>::all_with(client.clone(), &resource(value));
    let first = api.list_metadata(&ListParams::default().limit(1)).await?;
    let others = usize::try_from(first.metadata.remaining_item_count.unwrap_or_default())?;
    Ok(first.items.len() + others)
}

/// Whether everything that a part says is in the whole.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| holds(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(a, b)| holds(a, b))
        }
        _ => whole == part,
    }
}

/// Creates objects through the API, several at once.
pub async fn create_all(client: &Client, objects: impl Iterator<Item = Value>) -> Result<()> {
    stream::iter(objects.map(Ok))
        .try_for_each_concurrent(CONNECTIONS, async |object| {
            let api = dynamic(client, &object);
            api.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
            Ok(())
        })
        .await
}

/// The API of the kind of an object, in its namespace.
pub fn dynamic(client: &Client, value: &Value) -> Api<DynamicObject> {
    let resource = resource(value);
    match value["metadata"]["namespace"].as_str() {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    }
}

fn resource(value: &Value) -> ApiResource {
    let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
    let api_version = text(&value["apiVersion"]);
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &text(&value["kind"])))
}

/// The name of an object.
pub fn name(value: &Value) -> &str {
    value["metadata"]["name"].as_str().unwrap_or_default()
}
