//! Makes objects of fixtures whole.

use serde_json::{Value as Json, json};

/// Adds what fixtures leave out, and the API server wants.
pub fn complete(object: &mut Json) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    if object["metadata"]["name"].is_null() {
        object["metadata"]["name"] = json!("x");
    }
    let labels = json!({ "app": "x" });
    let template = match kind.as_str() {
        "Pod" => object,
        "CronJob" => {
            object["spec"]["schedule"] = json!("@daily");
            &mut object["spec"]["jobTemplate"]["spec"]["template"]
        }
        "PodTemplate" => &mut object["template"],
        "Job" => &mut object["spec"]["template"],
        "ReplicationController" => {
            object["spec"]["selector"] = labels.clone();
            object["spec"]["template"]["metadata"]["labels"] = labels;
            &mut object["spec"]["template"]
        }
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => {
            object["spec"]["selector"] = json!({ "matchLabels": labels });
            object["spec"]["template"]["metadata"]["labels"] = labels;
            &mut object["spec"]["template"]
        }
        _ => return complete_other(object, &kind),
    };
    complete_pods(&mut template["spec"], kind.ends_with("Job"));
}

fn complete_pods(spec: &mut Json, is_job: bool) {
    if spec.to_string().contains("\"Unmasked\"") {
        spec["hostUsers"] = json!(false);
    }
    spec.as_object_mut().map(|spec| spec.remove("ephemeralContainers"));
    if is_job && spec["restartPolicy"].is_null() {
        spec["restartPolicy"] = json!("Never");
    }
    if !spec["containers"].is_array() {
        spec["containers"] = json!([{ "name": "app" }]);
    }
    for volume in spec["volumes"].as_array_mut().into_iter().flatten() {
        if let Some(claim) = volume.pointer_mut("/ephemeral/volumeClaimTemplate/spec") {
            *claim = json!({ "accessModes": ["ReadWriteOnce"],
                "resources": { "requests": { "storage": "1Gi" } } });
        }
    }
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            if container["image"].is_null() {
                container["image"] = json!("r.example.com/x:1");
            }
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                if container[probe] == json!({}) {
                    container[probe] = json!({ "tcpSocket": { "port": 80 } });
                }
            }
        }
    }
}

fn complete_other(object: &mut Json, kind: &str) {
    match kind {
        "PodDisruptionBudget" => {
            object["spec"]["selector"] = json!({ "matchLabels": { "app": "x" } });
        }
        "Service" if object["spec"]["ports"].is_null() => {
            object["spec"]["ports"] = json!([{ "port": 80 }]);
        }
        "PersistentVolumeClaim" => {
            object["spec"]["resources"] = json!({ "requests": { "storage": "1Gi" } });
        }
        "Ingress" => {
            let backend = json!({ "service": { "name": "web", "port": { "number": 80 } } });
            let paths = json!([{ "path": "/", "pathType": "Prefix", "backend": backend }]);
            if let Some(rules) = object["spec"]["rules"].as_array_mut() {
                // No name at all is not taken for a host.
                rules.retain(|rule| rule["host"] != "*");
            }
            for rule in object["spec"]["rules"].as_array_mut().into_iter().flatten() {
                rule["http"] = json!({ "paths": paths });
            }
        }
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
            for webhook in object["webhooks"].as_array_mut().into_iter().flatten() {
                webhook["sideEffects"] = json!("None");
                webhook["admissionReviewVersions"] = json!(["v1"]);
                webhook["clientConfig"] = json!({ "url": "https://example.com/" });
            }
        }
        _ => {}
    }
}
