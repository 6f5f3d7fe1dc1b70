//! Manifests as people write them, the same for every run: workloads of 1.5 to 3 kB, seven of ten with a
//! template of their own, and what stands around them.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::Path,
};

use serde_json::{Value, json};

/// How many workloads share a namespace, and a file.
const PER_NAMESPACE: usize = 50;

/// How the documents are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Yaml,
    Json,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    pub(crate) objects: usize,
    pub(crate) bytes: usize,
}

/// Writes the manifests of a number of workloads into a folder, one file for each namespace.
pub(crate) fn write(folder: &Path, workloads: usize, form: Form) -> io::Result<Written> {
    fs::create_dir_all(folder)?;
    let mut written = Written::default();
    for team in 0..workloads.div_ceil(PER_NAMESPACE) {
        let indexes = team * PER_NAMESPACE..workloads.min((team + 1) * PER_NAMESPACE);
        let namespace = format!("team-{team}");
        let objects = of_namespace(&namespace)
            .into_iter()
            .chain(indexes.flat_map(|index| of_workload(index, &namespace)));
        let extension = if form == Form::Yaml { "yaml" } else { "json" };
        let path = folder.join(format!("{namespace}.{extension}"));
        let mut file = BufWriter::new(fs::File::create(path)?);
        for object in objects {
            let text = text(&object, form);
            file.write_all(text.as_bytes())?;
            written.objects += 1;
            written.bytes += text.len();
        }
        file.flush()?;
    }
    Ok(written)
}

/// Writes one object.
pub(crate) fn write_one(path: &Path) -> io::Result<()> {
    fs::write(path, text(&deployment(0, "shop", &mut Random(7)), Form::Yaml))
}

fn text(object: &Value, form: Form) -> String {
    match form {
        Form::Yaml => {
            let yaml = serde_saphyr::to_string(object).expect("JSON can be written as YAML");
            format!("---\n{yaml}")
        }
        Form::Json => format!("{object}\n"),
    }
}

/// A small generator: the same numbers everywhere (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn is_one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }
}

fn of_namespace(name: &str) -> Vec<Value> {
    vec![
        json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": name,
                "labels": { "tier": "prod", "pod-security.kubernetes.io/enforce": "baseline" },
            },
        }),
        object(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "app",
            name,
            json!({
                "rules": [{ "apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"] }],
            }),
        ),
        object(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "team",
            name,
            json!({
                "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "app" },
                "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name }],
            }),
        ),
        object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            "default-deny",
            name,
            json!({
                "spec": { "podSelector": {}, "policyTypes": ["Ingress", "Egress"] },
            }),
        ),
        object(
            "v1",
            "ResourceQuota",
            "team",
            name,
            json!({
                "spec": { "hard": { "limits.memory": "64Gi", "pods": "200" } },
            }),
        ),
    ]
}

/// A workload and its Service; some with an account that has rights, some with a budget, some with an
/// autoscaler.
fn of_workload(index: usize, namespace: &str) -> Vec<Value> {
    let mut random = Random(index as u64 * 7919 + 42);
    // Three of ten are one of a few that are installed again and again.
    let is_own = random.below(10) < 7;
    let template = if is_own { index + 1_000 } else { index % 25 };
    let mut random = Random(template as u64 * 104_729 + 1);
    let name = format!("app-{index}");
    let mut objects = vec![deployment_of(&name, template, namespace, &mut random)];
    let labels = json!({ "app.kubernetes.io/name": format!("app-{template}") });
    objects.push(object("v1", "Service", &name, namespace, json!({
        "spec": { "selector": labels, "ports": [{ "name": "http", "port": 80, "targetPort": "http" }] },
    })));
    if index.is_multiple_of(4) {
        objects.push(object("v1", "ServiceAccount", &name, namespace, json!({})));
        let account = json!({ "kind": "ServiceAccount", "name": name, "namespace": namespace });
        objects.push(object("rbac.authorization.k8s.io/v1", "RoleBinding", &name, namespace, json!({
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "app" },
            "subjects": [account],
        })));
    }
    if index.is_multiple_of(3) {
        objects.push(object(
            "policy/v1",
            "PodDisruptionBudget",
            &name,
            namespace,
            json!({
                "spec": { "maxUnavailable": 1, "selector": { "matchLabels": labels } },
            }),
        ));
    }
    if index.is_multiple_of(5) {
        objects.push(object("autoscaling/v2", "HorizontalPodAutoscaler", &name, namespace, json!({
            "spec": {
                "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": name },
                "minReplicas": 2,
                "maxReplicas": 6,
            },
        })));
    }
    objects
}

fn object(api_version: &str, kind: &str, name: &str, namespace: &str, rest: Value) -> Value {
    let labels = json!({ "app.kubernetes.io/part-of": "shop", "team": namespace });
    let mut object = json!({
        "apiVersion": api_version,
        "kind": kind,
        "metadata": { "name": name, "namespace": namespace, "labels": labels },
    });
    if let (Value::Object(object), Value::Object(rest)) = (&mut object, rest) {
        object.extend(rest);
    }
    object
}

fn deployment(index: usize, namespace: &str, random: &mut Random) -> Value {
    deployment_of(&format!("app-{index}"), index, namespace, random)
}

fn deployment_of(name: &str, template: usize, namespace: &str, random: &mut Random) -> Value {
    let labels = json!({
        "app.kubernetes.io/name": format!("app-{template}"),
        "app.kubernetes.io/part-of": "shop",
        "team": namespace,
    });
    let mut containers = vec![container("app", template, random)];
    if random.is_one_in(3) {
        containers.push(container("proxy", template, random));
    }
    object(
        "apps/v1",
        "Deployment",
        name,
        namespace,
        json!({
            "spec": {
                "replicas": 1 + random.below(4),
                "selector": { "matchLabels": { "app.kubernetes.io/name": format!("app-{template}") } },
                "template": {
                    "metadata": { "labels": labels, "annotations": { "prometheus.io/scrape": "true" } },
                    "spec": {
                        "serviceAccountName": "default",
                        "automountServiceAccountToken": random.is_one_in(2),
                        "securityContext": { "fsGroup": 2000, "seccompProfile": { "type": "RuntimeDefault" } },
                        "containers": containers,
                        "volumes": [
                            { "name": "tmp", "emptyDir": { "sizeLimit": "64Mi" } },
                            { "name": "settings", "configMap": { "name": format!("settings-{template}") } },
                        ],
                    },
                },
            },
        }),
    )
}

/// A container with a few of the defects that are common.
fn container(name: &str, template: usize, random: &mut Random) -> Value {
    let settings = 4 + random.below(10);
    let mut container = json!({
        "name": name,
        "image": format!("registry.example.com/shop/{name}-{}:1.{template}.0", template % 40),
        "imagePullPolicy": "IfNotPresent",
        "args": ["--listen=0.0.0.0:8080", "--log-level=info", format!("--shard={template}")],
        "ports": [{ "name": "http", "containerPort": 8080, "protocol": "TCP" }],
        "env": (0..settings).map(|number| json!({
            "name": format!("SETTING_{number}"),
            "value": format!("value {number} of {template}"),
        })).collect::<Vec<_>>(),
        "livenessProbe": { "httpGet": { "path": "/healthz", "port": "http" }, "periodSeconds": 10 },
        "readinessProbe": { "httpGet": { "path": "/readyz", "port": "http" }, "periodSeconds": 5 },
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
        },
        "volumeMounts": [{ "name": "tmp", "mountPath": "/tmp" }],
    });
    let defects: [(&str, Value); 6] = [
        ("securityContext", json!({ "privileged": true })),
        ("securityContext", json!({})),
        ("resources", json!({ "requests": { "cpu": "100m" } })),
        ("livenessProbe", json!({ "tcpSocket": { "port": "http" } })),
        ("readinessProbe", json!({ "tcpSocket": { "port": "http" } })),
        ("imagePullPolicy", json!("Always")),
    ];
    for (field, value) in defects {
        if random.is_one_in(4) {
            container[field] = value;
        }
    }
    container
}
