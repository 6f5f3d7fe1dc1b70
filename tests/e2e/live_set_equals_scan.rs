//! The open items are what `holystone scan --complete` finds in an export of the cluster.

use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};

use holystone::{api::State, model::Kind};
use kube::api::ListParams;
use serde_json::{Value, json};

use crate::support::{Cluster, bare_pod, owned_by, policy_manifest};

/// Together they ask for every check; what nearly every container fails is asked for in a few
/// namespaces only, and with other severities.
const POLICIES: [(&str, &str); 2] = [
    (
        "most",
        "{severityFloor: info, checks: {profiles: [all], exclude: [efficiency, capabilit*, seccomp-*,
          run-as-*, image-pull-*, priority-*, read-only-*, service-account-*, '*-probe-missing']}}",
    ),
    (
        "strict",
        "{severityFloor: info, scope: {namespaces: {include: ['f*3-shop']}, clusterScoped: true},
          checks: {profiles: [all], settings: [
            {check: privileged-container, severity: low},
            {check: rbac-wildcard-verbs, severity: critical}]}}",
    ),
];

/// Check, kind, namespace, name, severity and message.
type Finding = [String; 6];

#[tokio::test]
async fn over_the_fixtures_of_all_checks() {
    let cluster = Cluster::start().await;
    cluster.apply(include_str!("../../config/rbac/secrets.yaml")).await;
    let count = apply_fixtures(&cluster).await;
    assert!(count > 200, "the API server takes {count} objects of the fixtures");
    owned_pod(&cluster).await;
    for (name, spec) in POLICIES {
        cluster.apply_policy(name, spec).await;
    }
    // More than there is room for otherwise: nothing is to be cut. And no machine is too busy.
    let arguments = ["--max-items=50000", "--max-items-per-namespace=50000", "--lease-duration=60"];
    let controller = cluster.controller_with(&arguments);
    for (name, _) in POLICIES {
        cluster.audited(name).await;
    }
    cluster
        .within(Duration::from_mins(15), "everything is written", async || {
            (controller.metric("holystone_write_queue_length").await? == 0).then_some(())
        })
        .await;
    cluster.comes_to_rest().await;
    let live = live(&cluster).await;
    let folder = tempfile::tempdir().unwrap();
    export(&cluster, folder.path()).await;
    let (found, unknown) = scan(folder.path());
    let is_known = |finding: &&Finding| {
        let [check, kind, namespace, name, ..] = finding;
        // Objects of kinds that no check knows are neither read live nor exported here.
        check != "crd-unused"
            && !unknown.contains(&[check, kind, namespace, name].map(Clone::clone))
    };
    let missing: Vec<_> = found.difference(&live).filter(is_known).collect();
    let surplus: Vec<_> = live.difference(&found).filter(is_known).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "no item: {missing:#?}\nno finding: {surplus:#?}"
    );
    let checks: BTreeSet<&String> = live.iter().map(|[check, ..]| check).collect();
    assert!(live.len() > 400 && checks.len() > 45, "{} of {} checks", live.len(), checks.len());
}

/// Applies what the API server takes of the fixtures, each in namespaces of its own.
async fn apply_fixtures(cluster: &Cluster) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut count = 0;
    for (number, path) in paths.iter().enumerate() {
        let text = fs::read_to_string(path).unwrap();
        let mut objects: Vec<Value> = text
            .split("\n---\n")
            .filter_map(|document| serde_saphyr::from_str(document).ok())
            .filter(|object: &Value| object["metadata"]["name"].is_string())
            .collect();
        for object in &mut objects {
            complete(object, number);
        }
        // Namespaces first, also those that a fixture does not spell out.
        let named = objects.iter().filter_map(|object| object["metadata"]["namespace"].as_str());
        for namespace in named.collect::<BTreeSet<_>>() {
            cluster.create_namespace(namespace).await;
        }
        objects.sort_by_key(|object| object["kind"] != "Namespace");
        for object in &objects {
            count += usize::from(cluster.is_applied(&object.to_string()).await);
        }
    }
    count
}

/// Fixtures hold what their check reads; the API server wants the rest.
fn complete(object: &mut Value, number: usize) {
    let place = |name: &str| match name {
        "kube-system" | "default" => name.to_owned(),
        other => format!("f{number}-{other}"),
    };
    if let Some(namespace) = object["metadata"]["namespace"].as_str() {
        object["metadata"]["namespace"] = place(namespace).into();
    }
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    if kind == "Namespace" {
        object["metadata"]["name"] = place(&name).into();
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for key in ["ownerReferences", "deletionTimestamp", "creationTimestamp", "uid"] {
            metadata.remove(key);
        }
    }
    let template = match &*kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => {
            let labels = object.pointer("/spec/template/metadata/labels").cloned();
            let labels = labels.unwrap_or_else(|| json!({ "app": name }));
            object["spec"]["template"]["metadata"]["labels"] = labels.clone();
            if object["spec"]["selector"].is_null() {
                object["spec"]["selector"] = json!({ "matchLabels": labels });
            }
            "/spec/template/spec"
        }
        "Job" => "/spec/template/spec",
        "CronJob" => {
            if object["spec"]["schedule"].is_null() {
                object["spec"]["schedule"] = "@yearly".into();
            }
            "/spec/jobTemplate/spec/template/spec"
        }
        "PodTemplate" => "/template/spec",
        "Pod" => "/spec",
        _ => return,
    };
    let mut pod = &mut *object;
    for field in template[1..].split('/') {
        pod = &mut pod[field];
    }
    if pod["containers"].as_array().is_none_or(Vec::is_empty) {
        pod["containers"] = json!([{ "name": "main" }]);
    }
    if kind.ends_with("Job") && pod["restartPolicy"].is_null() {
        pod["restartPolicy"] = "Never".into();
    }
    for list in ["containers", "initContainers"] {
        for container in pod[list].as_array_mut().into_iter().flatten() {
            if container["image"].is_null() {
                container["image"] = "registry.example.com/app:1.2.3".into();
            }
        }
    }
}

/// A Pod that its owner answers for.
async fn owned_pod(cluster: &Cluster) {
    cluster.create_namespace("owned").await;
    cluster.apply(&crate::support::deployment("owned", "web", true)).await;
    let uid = cluster.deployment("owned", "web").uid().await;
    cluster.apply(&bare_pod("owned", "web-1", true)).await;
    let pod = cluster.object("v1", "Pod", "owned", "web-1");
    pod.merge(owned_by("apps/v1", "Deployment", "web", &uid)).await;
}

async fn live(cluster: &Cluster) -> BTreeSet<Finding> {
    let items = cluster.items().await.into_iter().filter_map(|item| {
        let status = item.status?;
        let target = item.spec.target;
        (status.state == Some(State::Open)).then(|| {
            let severity = status.severity.map_or("", |severity| severity.as_str()).to_owned();
            let namespace = target.namespace.unwrap_or_default();
            let message = status.message.unwrap_or_default();
            [item.spec.check, target.kind, namespace, target.name, severity, message]
        })
    });
    items.collect()
}

/// One file for each kind, as `kubectl get -o json` writes them, and one for each policy.
async fn export(cluster: &Cluster, folder: &Path) {
    for kind in Kind::ALL {
        let api_version = kind.api_version();
        let list = cluster.api(&api_version, kind.name(), "").list(&ListParams::default()).await;
        let Ok(list) = list else {
            assert!(kind.is_optional(), "{kind} cannot be listed");
            continue;
        };
        let items = list.items.into_iter().map(|object| {
            let mut object = serde_json::to_value(object).unwrap();
            object["apiVersion"] = api_version.as_str().into();
            object["kind"] = kind.name().into();
            object
        });
        let list =
            json!({ "apiVersion": "v1", "kind": "List", "items": items.collect::<Vec<_>>() });
        fs::write(folder.join(format!("{}.json", kind.name())), list.to_string()).unwrap();
    }
    for (name, spec) in POLICIES {
        fs::write(folder.join(format!("{name}.policy")), policy_manifest(name, spec)).unwrap();
    }
}

/// What the command finds, and what it cannot know.
fn scan(folder: &Path) -> (BTreeSet<Finding>, BTreeSet<[String; 4]>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    command.args(["scan", "--complete", "--format=json", "--fail-on=never"]);
    for (name, _) in POLICIES {
        command.arg("--policy").arg(folder.join(format!("{name}.policy")));
    }
    let output = command.arg(folder).output().unwrap();
    let problems = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{problems}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["problems"], json!([]));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names = |entry: &Value| {
        let target = &entry["target"];
        [&entry["check"], &target["kind"], &target["namespace"], &target["name"]].map(text)
    };
    let list = |field: &str| report[field].as_array().cloned().unwrap_or_default();
    let findings = list("findings").into_iter().filter(|entry| entry["state"] == "Open");
    let findings = findings.map(|entry| {
        let [check, kind, namespace, name] = names(&entry);
        [check, kind, namespace, name, text(&entry["severity"]), text(&entry["message"])]
    });
    (findings.collect(), list("unknown").iter().map(names).collect())
}
