//! What stands around the workloads of a generated cluster, as much as a real one has: for each its
//! account, settings, Service and endpoints; for some a budget, an autoscaler, a route, a claim and
//! rights; for each namespace rights, policies and quotas; nodes and roles of the cluster.

use holystone::model::Kind;
use serde_json::{Value, json};

use crate::generator::{self, Variety};

/// How many workloads share a node.
const PER_NODE: usize = 20;
/// Roles of the cluster, however many workloads there are.
const CLUSTER_ROLES: usize = 100;

type Objects<'a> = Box<dyn Iterator<Item = String> + 'a>;

/// All objects of a kind in a cluster of `size` workloads.
pub(crate) fn objects<'a>(kind: Kind, size: usize, variety: Variety) -> Objects<'a> {
    let namespaces = generator::namespaces(size);
    let each = move |every: usize, one: fn(usize, &str) -> Value| -> Objects<'a> {
        let indexes = (0..generator::templates(size, variety)).step_by(every);
        Box::new(
            indexes.map(move |index| one(index, &generator::namespace_of(index, size)).to_string()),
        )
    };
    let in_each_namespace = |one: fn(&str) -> Value| -> Objects<'a> {
        Box::new((0..namespaces).map(move |index| one(&format!("team-{index}")).to_string()))
    };
    let of_cluster = |count: usize, one: fn(usize) -> Value| -> Objects<'a> {
        Box::new((0..count).map(move |index| one(index).to_string()))
    };
    match kind {
        Kind::Deployment => Box::new(
            (0..size).map(move |index| generator::deployment(index, size, variety).to_string()),
        ),
        Kind::ServiceAccount => each(1, account),
        Kind::ConfigMap => each(1, settings),
        Kind::Service => each(1, service),
        Kind::EndpointSlice => each(1, endpoints),
        Kind::PodDisruptionBudget => each(2, budget),
        Kind::RoleBinding => Box::new(each(2, rights).chain(in_each_namespace(team_rights))),
        Kind::Ingress => each(5, route),
        Kind::HorizontalPodAutoscaler => each(5, autoscaler),
        Kind::PersistentVolumeClaim => each(10, claim),
        Kind::Namespace => of_cluster(namespaces, generator::namespace),
        Kind::Role => in_each_namespace(role),
        Kind::NetworkPolicy => in_each_namespace(network_policy),
        Kind::ResourceQuota => in_each_namespace(quota),
        Kind::LimitRange => in_each_namespace(limits),
        Kind::Node => of_cluster(size.div_ceil(PER_NODE), node),
        Kind::ClusterRole => of_cluster(CLUSTER_ROLES, cluster_role),
        Kind::ClusterRoleBinding => of_cluster(namespaces, cluster_rights),
        _ => Box::new(std::iter::empty()),
    }
}

fn named(api_version: &str, kind: &str, name: &str, namespace: &str, rest: Value) -> Value {
    let mut object = json!({
        "apiVersion": api_version,
        "kind": kind,
        "metadata": { "name": name, "namespace": namespace },
    });
    if let (Value::Object(object), Value::Object(rest)) = (&mut object, rest) {
        object.extend(rest);
    }
    object
}

fn app(index: usize) -> String {
    format!("app-{index}")
}

fn account(index: usize, namespace: &str) -> Value {
    named("v1", "ServiceAccount", &app(index), namespace, json!({}))
}

fn settings(index: usize, namespace: &str) -> Value {
    let data: serde_json::Map<_, _> =
        (0..10).map(|key| (format!("setting-{key}"), json!(format!("value {index}")))).collect();
    named("v1", "ConfigMap", &app(index), namespace, json!({ "data": data }))
}

fn service(index: usize, namespace: &str) -> Value {
    let ports = json!([{ "name": "http", "port": 80, "targetPort": "http" }]);
    let spec = json!({ "selector": { "app": app(index) }, "ports": ports });
    named("v1", "Service", &app(index), namespace, json!({ "spec": spec }))
}

fn endpoints(index: usize, namespace: &str) -> Value {
    let mut slice = named(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        &format!("app-{index}-x7k2p"),
        namespace,
        json!({
            "addressType": "IPv4",
            "endpoints": [{ "addresses": ["10.0.0.1"], "conditions": { "ready": true } }],
            "ports": [{ "name": "http", "port": 8080, "protocol": "TCP" }],
        }),
    );
    slice["metadata"]["labels"] = json!({ "kubernetes.io/service-name": app(index) });
    slice
}

fn budget(index: usize, namespace: &str) -> Value {
    let spec = json!({ "minAvailable": 1, "selector": { "matchLabels": { "app": app(index) } } });
    named("policy/v1", "PodDisruptionBudget", &app(index), namespace, json!({ "spec": spec }))
}

fn rights(index: usize, namespace: &str) -> Value {
    let account = json!({ "kind": "ServiceAccount", "name": app(index), "namespace": namespace });
    binding("RoleBinding", &app(index), namespace, "Role", "app", &account)
}

fn team_rights(namespace: &str) -> Value {
    binding("RoleBinding", "team", namespace, "ClusterRole", "role-1", &group(namespace))
}

fn cluster_rights(index: usize) -> Value {
    let role = format!("role-{}", index % CLUSTER_ROLES);
    let name = format!("team-{index}");
    binding("ClusterRoleBinding", &name, "", "ClusterRole", &role, &group(&name))
}

fn group(name: &str) -> Value {
    json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name })
}

fn binding(
    kind: &str,
    name: &str,
    namespace: &str,
    role_kind: &str,
    role: &str,
    subject: &Value,
) -> Value {
    let role = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role });
    let rest = json!({ "roleRef": role, "subjects": [subject] });
    named("rbac.authorization.k8s.io/v1", kind, name, namespace, rest)
}

fn role(namespace: &str) -> Value {
    let rules = json!([{ "apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"] }]);
    named("rbac.authorization.k8s.io/v1", "Role", "app", namespace, json!({ "rules": rules }))
}

fn cluster_role(index: usize) -> Value {
    let rules = json!([
        { "apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "watch"] },
        { "apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list"] },
        { "apiGroups": ["example.com"], "resources": [format!("things{index}")], "verbs": ["*"] },
    ]);
    let name = format!("role-{index}");
    named("rbac.authorization.k8s.io/v1", "ClusterRole", &name, "", json!({ "rules": rules }))
}

fn route(index: usize, namespace: &str) -> Value {
    let backend = json!({ "service": { "name": app(index), "port": { "name": "http" } } });
    let path = json!({ "path": "/", "pathType": "Prefix", "backend": backend });
    let host = format!("app-{index}.example.com");
    let spec = json!({
        "ingressClassName": "public",
        "tls": [{ "hosts": [host], "secretName": "tls" }],
        "rules": [{ "host": host, "http": { "paths": [path] } }],
    });
    named("networking.k8s.io/v1", "Ingress", &app(index), namespace, json!({ "spec": spec }))
}

fn autoscaler(index: usize, namespace: &str) -> Value {
    let target = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": app(index) });
    let spec = json!({ "scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5 });
    let rest = json!({ "spec": spec });
    named("autoscaling/v2", "HorizontalPodAutoscaler", &app(index), namespace, rest)
}

fn claim(index: usize, namespace: &str) -> Value {
    let spec = json!({
        "accessModes": ["ReadWriteOnce"],
        "resources": { "requests": { "storage": "10Gi" } },
    });
    named("v1", "PersistentVolumeClaim", &app(index), namespace, json!({ "spec": spec }))
}

fn network_policy(namespace: &str) -> Value {
    let spec = json!({ "podSelector": {}, "policyTypes": ["Ingress"] });
    let rest = json!({ "spec": spec });
    named("networking.k8s.io/v1", "NetworkPolicy", "default-deny", namespace, rest)
}

fn quota(namespace: &str) -> Value {
    let spec = json!({ "hard": { "limits.memory": "64Gi", "pods": "200" } });
    named("v1", "ResourceQuota", "team", namespace, json!({ "spec": spec }))
}

fn limits(namespace: &str) -> Value {
    let limit = json!({ "type": "Container", "default": { "memory": "256Mi" } });
    named("v1", "LimitRange", "team", namespace, json!({ "spec": { "limits": [limit] } }))
}

fn node(index: usize) -> Value {
    let images: Vec<_> = (0..20)
        .map(|image| {
            let name = format!("registry.example.com/shop/app-{}:1.{index}", image % 40);
            json!({ "names": [name], "sizeBytes": 100_000_000 + image })
        })
        .collect();
    let name = format!("node-{index}");
    let mut node = named(
        "v1",
        "Node",
        &name,
        "",
        json!({
            "spec": { "podCIDR": "10.0.0.0/24" },
            "status": {
                "allocatable": { "cpu": "16", "memory": "64Gi" },
                "capacity": { "cpu": "16", "memory": "64Gi" },
                "conditions": [{ "type": "Ready", "status": "True" }],
                "images": images,
                "nodeInfo": { "kubeletVersion": "v1.36.3", "containerRuntimeVersion": "containerd://2.1.0",
                              "kernelVersion": "6.12.0", "architecture": "amd64" },
            },
        }),
    );
    node["metadata"]["labels"] = json!({ "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": format!("z{}", index % 3) });
    node
}
