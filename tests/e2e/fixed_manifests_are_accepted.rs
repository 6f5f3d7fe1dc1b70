//! What `holystone fix` writes is still accepted by the API server wherever it was before: over the fixtures of
//! all checks that it can remedy, as dry runs.

use std::{fs, path::Path, process::Command};

use control_plane::ControlPlane;
use holystone::checks;
use kube::api::{DynamicObject, PostParams};
use serde_json::{Value, json};

use crate::support::Cluster;

const ANOTHER: &str = "---\n# another cluster\n";

/// The objects of a text before and after what one check remedies, and after what all do.
fn fixed(text: &str, check: &str) -> [Vec<Value>; 3] {
    let folder = tempfile::tempdir().expect("there is a folder");
    let file = folder.path().join("x.yaml");
    fs::write(&file, text).expect("it can be written");
    let before = read(&file);
    let after = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
        let command = command.args(["fix", "--write", "--kubernetes-version", "1.36"]);
        let output = command.args(arguments).arg(&file).output().expect("it runs");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{check}: {error}");
        read(&file)
    };
    let one = after(&["--check", check]);
    let all = after(&["--profile", "all"]);
    [before, one, all]
}

fn read(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).expect("it can be read");
    serde_saphyr::from_multiple(&text).expect("it is YAML")
}

/// Adds what fixtures leave out, and the API server wants.
fn complete(object: &mut Value) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let labels = json!({ "app": "x" });
    if object["metadata"]["name"].is_null() {
        object["metadata"]["name"] = json!("x");
    }
    let template = match kind.as_str() {
        "Pod" => object,
        "CronJob" => {
            object["spec"]["schedule"] = json!("@daily");
            &mut object["spec"]["jobTemplate"]["spec"]["template"]
        }
        "Job" => &mut object["spec"]["template"],
        "PodDisruptionBudget" => {
            object["spec"]["selector"] = json!({ "matchLabels": labels });
            return;
        }
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => {
            object["spec"]["selector"] = json!({ "matchLabels": labels });
            object["spec"]["template"]["metadata"]["labels"] = labels;
            &mut object["spec"]["template"]
        }
        _ => return,
    };
    let spec = &mut template["spec"];
    if spec.to_string().contains("\"Unmasked\"") {
        spec["hostUsers"] = json!(false);
    }
    spec.as_object_mut().map(|spec| spec.remove("ephemeralContainers"));
    if kind.ends_with("Job") {
        spec["restartPolicy"] = json!("Never");
    }
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            if container["image"].is_null() {
                container["image"] = json!("x:1");
            }
        }
    }
}

/// Why the server does not take an object, if it does not.
async fn refusal(cluster: &Cluster, object: &Value) -> Option<String> {
    let mut object = object.clone();
    complete(&mut object);
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let api = cluster.api(text("/apiVersion"), text("/kind"), "default");
    object["metadata"]["namespace"] = json!("default");
    let object: DynamicObject = serde_json::from_value(object).expect("it is an object");
    let parameters = PostParams { dry_run: true, ..PostParams::default() };
    api.create(&parameters, &object).await.err().map(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn fixed_manifests_are_accepted() {
    let cluster = Cluster::start_bare(ControlPlane::builder()).await;
    let mut untried = Vec::new();
    for check in checks::ALL.iter().filter(|check| !check.fixes.is_empty()) {
        let path = format!("{}/tests/checks/{}.yaml", env!("CARGO_MANIFEST_DIR"), check.id);
        let fixture = fs::read_to_string(path).expect("each check has a fixture");
        let mut accepted = 0;
        for text in fixture.split(ANOTHER) {
            let [before, one, all] = fixed(text, check.id);
            for (before, (one, all)) in before.iter().zip(one.iter().zip(&all)) {
                if before == all || refusal(&cluster, before).await.is_some() {
                    continue;
                }
                for after in [one, all] {
                    let refusal = refusal(&cluster, after).await;
                    assert_eq!(refusal, None, "{}: {after}", check.id);
                }
                accepted += usize::from(before != one);
            }
        }
        untried.extend((accepted == 0).then_some(check.id));
    }
    assert!(untried.is_empty(), "no fixture of {untried:?} is accepted and remedied");
}
