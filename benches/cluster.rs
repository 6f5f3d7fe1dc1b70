//! The whole controller on a real control plane: cold audit, opening rate beside a bare client,
//! time from a change to its visible item, and memory. Run it with `just bench-cluster`.

mod generator;

use std::{
    collections::HashMap,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use control_plane::ControlPlane;
use futures::{StreamExt, TryStreamExt, stream};
use generator::Variety;
use holystone::api::{self, ActionItem, AuditPolicy, State};
use kube::{
    Api, Client, ResourceExt,
    api::{DynamicObject, Patch, PatchParams, PostParams},
    core::{ApiResource, GroupVersionKind},
    runtime::{WatchStreamExt, watcher},
};
use serde_json::{Value, json};

const SIZES: [usize; 2] = [1_000, 5_000];
/// Requests at once, of the loader and of the bare client: as many as the controller has.
const CONNECTIONS: usize = 8;
/// Items that the bare client writes.
const BARE: usize = 1_000;
/// Changes whose way to a visible item is timed.
const CHANGES: usize = 200;
const POLICY: &str = "
apiVersion: holystone.dev/v1alpha1
kind: AuditPolicy
metadata: {name: bench}
spec: {checks: {profiles: [], include: [privileged-container, memory-limit-missing, cpu-limit-missing, pdb-missing]}}
";

#[tokio::main]
async fn main() -> Result<()> {
    println!("cluster: etcd with fsync, kube-apiserver and controller share this machine\n");
    for size in SIZES {
        measure(size).await?;
    }
    Ok(())
}

async fn measure(size: usize) -> Result<()> {
    let plane = ControlPlane::builder().fsync(true).audit(false).start().await?;
    let client = plane.client();
    install(&client).await?;
    let loading = Instant::now();
    load(&client, size).await?;
    println!("{size} workloads (loaded in {:.1} s)", loading.elapsed().as_secs_f64());
    let bare_before = bare_rate(&client, "bare-before").await?;
    let kubeconfig = plane.kubeconfig_for("holystone-system", "holystone").await?;
    let controller = Running::start(&kubeconfig)?;
    let opened = cold_audit(&client).await?;
    let bare_after = bare_rate(&client, "bare-after").await?;
    let bare = f64::midpoint(bare_before, bare_after);
    println!(
        "  opening: {opened:.0} items/s; a bare client: {bare_before:.0} before and {bare_after:.0} \
         after; ratio {:.2}",
        opened / bare
    );
    println!("  memory after the audit: {}", controller.memory()?);
    change_latency(&client, size).await?;
    println!("  memory at the end: {}\n", controller.memory()?);
    Ok(())
}

/// The controller as it is built for use.
struct Running(Child);

impl Running {
    fn start(kubeconfig: &std::path::Path) -> Result<Self> {
        let mut program: PathBuf = std::env::current_exe()?;
        program.pop();
        program.pop();
        program.push("holystone");
        let child = Command::new(&program)
            .args(["run", "--listen=127.0.0.1:0", "--log=warn", "--kubeconfig"])
            .arg(kubeconfig)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}; build it first", program.display()))?;
        Ok(Self(child))
    }

    fn memory(&self) -> Result<String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let mebibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kibibytes =
                line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
            kibibytes.unwrap_or_default() / 1024.0
        };
        Ok(format!(
            "{:.0} MiB resident, {:.0} MiB at its peak",
            mebibytes("VmRSS:"),
            mebibytes("VmHWM:")
        ))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

async fn install(client: &Client) -> Result<()> {
    for text in
        [include_str!("../config/rbac/account.yaml"), include_str!("../config/rbac/role.yaml")]
    {
        apply(client, text).await?;
    }
    for (_, yaml) in api::files()? {
        apply(client, &yaml).await?;
    }
    let started = Instant::now();
    while apply(client, POLICY).await.is_err() {
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

fn dynamic(client: &Client, value: &Value) -> Api<DynamicObject> {
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

async fn load(client: &Client, size: usize) -> Result<()> {
    let namespaces = (0..generator::namespaces(size)).map(generator::namespace);
    create_all(client, namespaces).await?;
    create_all(client, (0..size).map(|index| generator::deployment(index, size, Variety::Shared)))
        .await
}

async fn create_all(client: &Client, objects: impl Iterator<Item = Value>) -> Result<()> {
    stream::iter(objects.map(Ok))
        .try_for_each_concurrent(CONNECTIONS, async |mut object: Value| {
            let api = dynamic(client, &object);
            if let Some(metadata) = object["metadata"].as_object_mut() {
                metadata.remove("managedFields");
            }
            api.create(&PostParams::default(), &serde_json::from_value(object)?).await?;
            Ok(())
        })
        .await
}

/// Items a second, from the first to the last one that opens.
async fn cold_audit(client: &Client) -> Result<f64> {
    let started = Instant::now();
    let policies = Api::<AuditPolicy>::all(client.clone());
    let items = Api::<ActionItem>::all(client.clone());
    let mut events =
        std::pin::pin!(watcher::watcher(items, watcher::Config::default()).touched_objects());
    let mut opened: HashMap<String, Instant> = HashMap::new();
    let mut audited = None;
    loop {
        let quiet = Duration::from_millis(if opened.is_empty() { 10_000 } else { 2_500 });
        match tokio::time::timeout(quiet, events.next()).await {
            Ok(Some(event)) => {
                let item = event?;
                let state = item.status.as_ref().and_then(|status| status.state);
                if state == Some(State::Open) {
                    opened.entry(item.name_any()).or_insert_with(Instant::now);
                }
            }
            Err(_) if opened.is_empty() => continue,
            Ok(None) | Err(_) => break,
        }
        if audited.is_none() && opened.len().is_multiple_of(100) {
            let status = policies.get("bench").await?.status.unwrap_or_default();
            audited = status.last_audit.map(|_| started.elapsed());
        }
    }
    let first = opened.values().min().context("no item opened")?;
    let last = opened.values().max().context("no item opened")?;
    let seconds = last.duration_since(*first).as_secs_f64();
    println!(
        "  cold start to the first item {:.2} s, to the last of {} items {:.1} s",
        first.duration_since(started).as_secs_f64(),
        opened.len(),
        last.duration_since(started).as_secs_f64(),
    );
    Ok(opened.len() as f64 / seconds)
}

/// The same two requests as the controller's, by a client that does nothing else.
async fn bare_rate(client: &Client, namespace: &str) -> Result<f64> {
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
    create_all(client, std::iter::once(object)).await?;
    let items = Api::<ActionItem>::namespaced(client.clone(), namespace);
    let started = Instant::now();
    stream::iter((0..BARE).map(Ok::<_, anyhow::Error>))
        .try_for_each_concurrent(CONNECTIONS, async |index| {
            let name = format!("bare-{index}");
            let item = bare_item(&name, namespace)?;
            let created = items.create(&PostParams::default(), &item).await?;
            let patch = json!({
                "apiVersion": "holystone.dev/v1alpha1",
                "kind": "ActionItem",
                "metadata": {"resourceVersion": created.metadata.resource_version},
                "status": bare_status(),
            });
            let parameters = PatchParams::apply("bare").force();
            items.patch_status(&name, &parameters, &Patch::Apply(patch)).await?;
            Ok(())
        })
        .await?;
    Ok(BARE as f64 / started.elapsed().as_secs_f64())
}

fn bare_item(name: &str, namespace: &str) -> Result<ActionItem> {
    Ok(serde_json::from_value(json!({
        "apiVersion": "holystone.dev/v1alpha1",
        "kind": "ActionItem",
        "metadata": {"name": name, "labels": {
            "holystone.dev/check": "privileged-container", "holystone.dev/kind": "Deployment"}},
        "spec": {"check": "privileged-container", "target": {
            "group": "apps", "kind": "Deployment", "namespace": namespace, "name": name}},
    }))?)
}

fn bare_status() -> Value {
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

/// From the answer to a change until a watch of our own shows the item.
async fn change_latency(client: &Client, size: usize) -> Result<()> {
    let items = Api::<ActionItem>::namespaced(client.clone(), "team-0");
    let mut events =
        std::pin::pin!(watcher::watcher(items, watcher::Config::default()).touched_objects());
    while let Ok(Some(event)) =
        tokio::time::timeout(Duration::from_millis(500), events.next()).await
    {
        event?;
    }
    // A workload of the first namespace that is not privileged to begin with.
    let index = (0..size)
        .step_by(generator::namespaces(size))
        .find(|index| (index % (size / 5)) % 3 == 2)
        .context("a workload without defects")?;
    let deployment = generator::deployment(index, size, Variety::Shared);
    let api = dynamic(client, &deployment);
    let name = deployment["metadata"]["name"].as_str().unwrap_or_default();
    let mut latencies = Vec::with_capacity(CHANGES);
    for change in 0..CHANGES {
        let bad = change % 2 == 0;
        let security = json!({"privileged": bad, "allowPrivilegeEscalation": null});
        let containers = json!([{"name": "app", "securityContext": security}]);
        let patch = json!({"spec": {"template": {"spec": {"containers": containers}}}});
        api.patch(name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
        let answered = Instant::now();
        let wanted = if bad { State::Open } else { State::Resolved };
        loop {
            let item = events.next().await.context("the watch ended")??;
            let state = item.status.as_ref().and_then(|status| status.state);
            let is_it = item.spec.check == "privileged-container" && item.spec.target.name == name;
            if is_it && state == Some(wanted) {
                break;
            }
        }
        latencies.push(answered.elapsed());
    }
    latencies.sort();
    let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100].as_millis();
    println!(
        "  change to visible item over {CHANGES} changes: p50 {} ms, p90 {} ms, p99 {} ms, max {} ms",
        at(50),
        at(90),
        at(99),
        at(100)
    );
    Ok(())
}
