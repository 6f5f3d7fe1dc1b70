//! Clusters of any size, the same for every run: what benchmarks read and load.
#![allow(dead_code, unreachable_pub, reason = "each benchmark uses a part of it")]

use serde_json::{Value, json};

/// How much workloads have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Variety {
    /// One template in five is its own, as where charts are installed many times.
    Shared,
    /// Every template is its own.
    Unique,
}

/// Namespaces for a number of workloads: fifty in each.
pub fn namespaces(workloads: usize) -> usize {
    workloads.div_ceil(50)
}

/// How many templates they have.
pub fn templates(workloads: usize, variety: Variety) -> usize {
    match variety {
        Variety::Shared => (workloads / 5).max(1),
        Variety::Unique => workloads,
    }
}

pub fn namespace_of(index: usize, workloads: usize) -> String {
    format!("team-{}", index % namespaces(workloads))
}

pub fn namespace(index: usize) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": format!("team-{index}"), "labels": { "tier": "prod" } },
    })
}

/// A Deployment of about 6 kB with managed fields and status, two containers, and a few defects:
/// one in three has none of the severe ones.
pub fn deployment(index: usize, workloads: usize, variety: Variety) -> Value {
    let template = index % templates(workloads, variety);
    let defect = template % 3;
    let labels = json!({ "app": format!("app-{template}"), "app.kubernetes.io/part-of": "shop" });
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": format!("app-{index}"),
            "namespace": namespace_of(index, workloads),
            "labels": labels,
            "annotations": { "deployment.kubernetes.io/revision": "3" },
            "managedFields": managed_fields(),
        },
        "spec": {
            "replicas": 1 + template % 3,
            "selector": { "matchLabels": { "app": format!("app-{template}") } },
            "template": {
                "metadata": { "labels": labels },
                "spec": {
                    "serviceAccountName": format!("app-{template}"),
                    "automountServiceAccountToken": false,
                    "containers": [container("app", template, defect), container("log", template, 2)],
                    "volumes": [{ "name": "tmp", "emptyDir": {} }],
                },
            },
        },
        "status": {
            "observedGeneration": 3,
            "replicas": 1 + template % 3,
            "readyReplicas": 1 + template % 3,
            "conditions": (0..2).map(condition).collect::<Vec<_>>(),
        },
    })
}

/// The ReplicaSet of a Deployment that was created.
pub fn replica_set(deployment: &Value) -> Value {
    let (metadata, spec) = (&deployment["metadata"], &deployment["spec"]);
    let mut template = spec["template"].clone();
    template["metadata"]["labels"]["pod-template-hash"] = json!("5d9c7b8f66");
    json!({
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{}-5d9c7b8f66", metadata["name"].as_str().unwrap_or_default()),
            "namespace": metadata["namespace"],
            "labels": template["metadata"]["labels"],
            "ownerReferences": [controller("apps/v1", "Deployment", metadata)],
        },
        "spec": {
            "replicas": 3,
            "selector": { "matchLabels": template["metadata"]["labels"] },
            "template": template,
        },
    })
}

/// A Pod of a ReplicaSet that was created, as a node runs it.
pub fn pod(set: &Value, number: usize) -> Value {
    let (metadata, template) = (&set["metadata"], &set["spec"]["template"]);
    let mut spec = template["spec"].clone();
    spec["nodeName"] = json!(format!("node-{number}"));
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": format!("{}-x7k2{number}", metadata["name"].as_str().unwrap_or_default()),
            "namespace": metadata["namespace"],
            "labels": template["metadata"]["labels"],
            "ownerReferences": [controller("apps/v1", "ReplicaSet", metadata)],
        },
        "spec": spec,
        "status": pod_status(),
    })
}

/// That of a pod that is well.
fn pod_status() -> Value {
    let then = "2026-01-01T00:00:00Z";
    let condition = |kind| json!({ "type": kind, "status": "True", "lastTransitionTime": then });
    let container = |name| {
        json!({
            "name": name,
            "image": format!("registry.example.com/shop/{name}"),
            "imageID": format!("registry.example.com/shop/{name}@sha256:{:064}", 0),
            "ready": true,
            "started": true,
            "restartCount": 0,
            "state": { "running": { "startedAt": then } },
        })
    };
    let conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map(condition);
    let containers = ["app", "log"].map(container);
    json!({
        "phase": "Running",
        "qosClass": "Burstable",
        "podIP": "10.0.0.1",
        "hostIP": "192.0.2.1",
        "startTime": then,
        "conditions": conditions,
        "containerStatuses": containers,
    })
}

fn controller(api_version: &str, kind: &str, metadata: &Value) -> Value {
    json!({
        "apiVersion": api_version, "kind": kind, "name": metadata["name"], "uid": metadata["uid"],
        "controller": true, "blockOwnerDeletion": true,
    })
}

/// 0 is privileged, 1 has no limits, 2 has neither defect.
fn container(name: &str, template: usize, defect: usize) -> Value {
    let mut container = json!({
        "name": name,
        "image": format!("registry.example.com/shop/{name}-{}:1.{template}", template % 40),
        "imagePullPolicy": "Always",
        "ports": [{ "name": "http", "containerPort": 8080, "protocol": "TCP" }],
        "env": (0..12).map(|number| json!({
            "name": format!("SETTING_{number}"),
            "value": format!("value-{number}-of-template-{template}"),
        })).collect::<Vec<_>>(),
        "livenessProbe": { "httpGet": { "path": "/healthz", "port": 8080 }, "periodSeconds": 10 },
        "readinessProbe": { "httpGet": { "path": "/readyz", "port": 8080 }, "periodSeconds": 5 },
        "resources": {
            "requests": { "cpu": "100m", "memory": "128Mi" },
            "limits": { "cpu": "1", "memory": "256Mi" },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "runAsNonRoot": true,
            "runAsUser": 10001,
            "capabilities": { "drop": ["ALL"] },
            "seccompProfile": { "type": "RuntimeDefault" },
        },
        "volumeMounts": [{ "name": "tmp", "mountPath": "/tmp" }],
        "terminationMessagePath": "/dev/termination-log",
    });
    match defect {
        0 => {
            container["securityContext"] = json!({ "privileged": true });
        }
        1 => {
            container["resources"] = json!({});
        }
        _ => {}
    }
    container
}

fn condition(index: usize) -> Value {
    let kinds = ["Available", "Progressing"];
    json!({
        "type": kinds[index],
        "status": "True",
        "lastUpdateTime": "2026-01-01T00:00:00Z",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
        "reason": "MinimumReplicasAvailable",
        "message": "Deployment has minimum availability.",
    })
}

/// Who wrote what, in about 1.5 kB.
pub fn managed_fields() -> Value {
    let fields: serde_json::Map<String, Value> = (0..30)
        .map(|number| (format!("f:field{number}"), json!({ ".": {}, "f:name": {}, "f:value": {} })))
        .collect();
    json!([{ "manager": "kubectl", "operation": "Apply", "apiVersion": "apps/v1",
             "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
             "fieldsV1": { "f:spec": fields } }])
}
