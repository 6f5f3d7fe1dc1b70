//! Installed by the real Helm, the controller does its work with the account and the arguments that
//! the chart gives its pods. Nothing is refused to it, it asks for no Secret, and it has no right to
//! read what it does not.

use std::{collections::BTreeSet, path::Path, process::Command};

use control_plane::{ControlPlane, Program, Record, Records, locate};
use holystone::api::State;
use kube::{
    ResourceExt,
    api::{DynamicObject, ListParams},
};
use serde_json::{Value, json};

use crate::support::{
    CONTROLLER, Cluster, Controller, OWN_NAMESPACE, PRIVILEGED, deployment, target, told,
};

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/holystone");
/// Every check, so that every kind is asked for that is ever asked for.
const EVERYTHING: &str =
    r#"defaultPolicy={"enabled": true, "spec": {"checks": {"profiles": ["all"]}}}"#;
const NAMESPACE: &str = "{apiVersion: v1, kind: Namespace, metadata: {name: holystone-system, \
    labels: {pod-security.kubernetes.io/enforce: restricted}}}";
const RBAC: &str = "rbac.authorization.k8s.io/v1";

#[tokio::test]
async fn the_controller_keeps_to_them() {
    let cluster = Cluster::start_empty(ControlPlane::builder().controller_manager(true)).await;
    cluster.apply(NAMESPACE).await;
    cluster.create_namespace("shop").await;
    helm(&cluster, &["install", "holystone", CHART]).await;
    // The second time, because the policy comes after its definition.
    helm(&cluster, &["upgrade", "holystone", CHART, "--set-json", EVERYTHING]).await;
    let mark = cluster.mark();

    let [first, second] = pods(&cluster, "controller", 2).await.try_into().expect("two replicas");
    let mut leader = play_kubelet(&cluster, &first).await;
    leads(&cluster, &first).await;
    let _standby = play_kubelet(&cluster, &second).await;
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster.item_becomes(PRIVILEGED, &about("web"), State::Open).await;
    cluster.audited("baseline").await;
    let decision = json!({ "spec": { "decision": { "reason": "will-not-fix" } } });
    cluster.item_object(PRIVILEGED, &about("web")).merge(decision).await;
    cluster.item_becomes(PRIVILEGED, &about("web"), State::Exempt).await;
    cluster.apply(&deployment("shop", "api", true)).await;
    cluster.item_becomes(PRIVILEGED, &about("api"), State::Open).await;

    leader.kill();
    cluster.apply(&deployment("shop", "web", false)).await;
    cluster.item_is_resolved(PRIVILEGED, &about("web"), "Fixed").await;
    leads(&cluster, &second).await;
    cluster.deployment("shop", "api").delete().await;
    cluster.item_is_resolved(PRIVILEGED, &about("api"), "TargetDeleted").await;
    cluster.audit_now("baseline").await;

    let asked = cluster.plane.audit().since(mark).expect("the audit log can be read");
    let asked = asked.by_user(CONTROLLER);
    assert!(asked.len() > 100, "the audit log tells of its requests");
    let refused = asked.clone().only(|record| [401, 403].contains(&record.code));
    assert!(refused.is_empty(), "{}", told(&refused));
    let secrets = asked.clone().only(|record| record.resource == "secrets");
    assert!(secrets.is_empty(), "{}", told(&secrets));
    assert_eq!(unused(&cluster, &asked).await, BTreeSet::new());
    tested(&cluster).await;
}

async fn helm(cluster: &Cluster, arguments: &[&str]) -> std::process::Output {
    let found = tokio::task::spawn_blocking(|| locate(&[Program::Helm4])).await;
    let program = found.expect("it is sought").expect("Helm is found or built").remove(0);
    let mut command = Command::new(program);
    command.arg("--namespace=holystone-system").args(arguments);
    command.env("KUBECONFIG", cluster.plane.kubeconfig());
    for name in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
        command.env(name, cluster.plane.folder());
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    let output = output.expect("Helm is waited for").expect("Helm runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The pods of a component, once the controllers of Kubernetes have made them all.
async fn pods(cluster: &Cluster, component: &str, count: usize) -> Vec<DynamicObject> {
    let labels = format!("app.kubernetes.io/component={component}");
    let pods = cluster.api("v1", "Pod", OWN_NAMESPACE);
    cluster
        .eventually("the pods are admitted", async || {
            let list = pods.list(&ListParams::default().labels(&labels)).await.ok()?;
            (list.items.len() == count).then_some(list.items)
        })
        .await
}

/// Starts the program as the pod says, with its account; only the address is ours.
async fn play_kubelet(cluster: &Cluster, pod: &DynamicObject) -> Controller {
    let account = pod.data["spec"]["serviceAccountName"].as_str().expect("it has an account");
    let kubeconfig = cluster.kubeconfig_of(account).await;
    let arguments = arguments(pod);
    assert_eq!(arguments[0], "run");
    let arguments = arguments[1..].iter().filter(|it| !it.starts_with("--listen="));
    let identity = format!("--identity={}", pod.name_any());
    let arguments: Vec<_> = arguments.map(String::as_str).chain([identity.as_str()]).collect();
    Controller::start(&kubeconfig, &arguments)
}

fn arguments(pod: &DynamicObject) -> Vec<String> {
    let arguments = pod.data["spec"]["containers"][0]["args"].clone();
    serde_json::from_value(arguments).expect("arguments are texts")
}

async fn leads(cluster: &Cluster, pod: &DynamicObject) {
    let lease = cluster.object("coordination.k8s.io/v1", "Lease", OWN_NAMESPACE, "holystone");
    cluster
        .eventually("the replica leads", async || {
            let lease = lease.get().await?;
            let holder = lease.data["spec"]["holderIdentity"].as_str()?;
            holder.starts_with(&pod.name_any()).then_some(())
        })
        .await;
}

/// What the chart lets the controller read of the kinds that are served, and it never did.
async fn unused(cluster: &Cluster, asked: &Records) -> BTreeSet<String> {
    let served = cluster.client.list_api_groups().await.expect("groups are listed").groups;
    let is_served = |group: &str| group.is_empty() || served.iter().any(|it| it.name == group);
    let role =
        cluster.object(RBAC, "ClusterRole", "", "holystone").get().await.expect("it is there");
    let mut unused = BTreeSet::new();
    for rule in role.data["rules"].as_array().expect("rules are a list") {
        for (group, resource, verb) in rights(rule) {
            let is_used = |it: &Record| it.is_about(&group, &resource) && it.verb == verb;
            let is_read = ["list", "watch"].contains(&&*verb);
            if is_read && is_served(&group) && !asked.iter().any(is_used) {
                unused.insert(format!("{verb} {resource}.{group}"));
            }
        }
    }
    unused
}

fn rights(rule: &Value) -> Vec<(String, String, String)> {
    let words = |field: &str| -> Vec<String> {
        serde_json::from_value(rule[field].clone()).expect("a rule has lists of texts")
    };
    let mut rights = Vec::new();
    for group in words("apiGroups") {
        for resource in words("resources") {
            let verbs = words("verbs").into_iter();
            rights.extend(verbs.map(|verb| (group.clone(), resource.clone(), verb)));
        }
    }
    rights
}

/// `helm test`, where we do what its pod is for.
async fn tested(cluster: &Cluster) {
    let (answer, ()) =
        tokio::join!(helm(cluster, &["test", "holystone", "--timeout=60s"]), async {
            let pod = pods(cluster, "test", 1).await.remove(0);
            let kubeconfig = cluster.kubeconfig_of("holystone").await;
            asks(&kubeconfig, &arguments(&pod));
            let status = json!({ "phase": "Succeeded" });
            cluster.object("v1", "Pod", OWN_NAMESPACE, &pod.name_any()).merge_status(status).await;
        });
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(answer.contains("Succeeded"), "{answer}");
}

fn asks(kubeconfig: &Path, arguments: &[String]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    let output = command.args(arguments).env("KUBECONFIG", kubeconfig).output();
    let output = output.expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
