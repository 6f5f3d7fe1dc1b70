//! `holystone scan --cluster` judges a live cluster without anything installed there, and changes nothing.

use std::{path::Path, process::Command};

use control_plane::ControlPlane;
use serde_json::Value;

use crate::support::{Cluster, lamp};

const SHOP: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostPID: true
      containers: [{name: web, image: 'nginx:1.27'}]
---
apiVersion: v1
kind: Service
metadata: {name: lost, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: other}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      hostIPC: true
      containers: [{name: api, image: 'nginx:1.27'}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: everything}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: viewer, namespace: shop}
rules: [{apiGroups: ['', apps], resources: [deployments, services, pods], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: viewer, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: viewer}
subjects: [{kind: ServiceAccount, name: viewer, namespace: holystone-system}]
";

const OWN: &str = "\
apiVersion: holystone.dev/v1alpha1
kind: AuditPolicy
metadata: {name: own}
spec:
  checks:
    profiles: []
    custom:
      - id: replicas
        title: Deployments run twice
        category: reliability
        severity: high
        match: [{apiGroups: [apps], apiVersions: [v1], kinds: [Deployment]}]
        validations: [{expression: 'object.spec.replicas > 1', message: it runs once}]
";

struct Answer {
    code: i32,
    report: Value,
    error: String,
}

impl Answer {
    /// The objects with a finding of a check.
    fn found(&self, check: &str) -> Vec<String> {
        let findings = self.report["findings"].as_array().expect("it is a report");
        let of_check = findings.iter().filter(|finding| finding["check"] == check);
        of_check.map(|finding| finding["target"]["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn scan(kubeconfig: &Path, arguments: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    command.args(["scan", "--cluster", "--format", "json", "--kubeconfig"]).arg(kubeconfig);
    let output = command.args(arguments).output().expect("the program runs");
    Answer {
        code: output.status.code().expect("it ends by itself"),
        report: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        error: String::from_utf8(output.stderr).expect("it is text"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_scanned_as_it_is() {
    let cluster = Cluster::start_bare(ControlPlane::builder()).await;
    for namespace in ["shop", "other"] {
        cluster.create_namespace(namespace).await;
    }
    cluster.apply(SHOP).await;
    let viewer = cluster.kubeconfig_of("viewer").await;
    let admin = cluster.plane.kubeconfig().to_owned();
    let mark = cluster.plane.audit().mark().expect("there is an audit log");

    let all = scan(&admin, &["-A"]);
    assert_eq!(all.code, 1, "{}", all.error);
    assert_eq!(
        (all.found("host-pid"), all.found("host-ipc")),
        (vec!["web".into()], vec!["api".into()])
    );
    assert!(
        all.found("service-selector-dangling").contains(&"lost".to_owned()),
        "lists are complete"
    );
    assert!(all.found("role-unused").contains(&"everything".to_owned()));
    assert_eq!(
        (&all.report["complete"], &all.report["problems"]),
        (&true.into(), &Value::Array(Vec::new()))
    );
    assert!(all.report["cluster"].as_str().unwrap().starts_with("https://"));
    let finding =
        &all.report["findings"].as_array().unwrap().iter().find(|it| it["check"] == "host-pid");
    let file = finding.unwrap()["file"].as_str().unwrap();
    assert_eq!(file, "apis/apps/v1/namespaces/shop/deployments/web");

    let shop = scan(&admin, &["-n", "shop", "--fail-on", "critical"]);
    assert_eq!((shop.code, shop.found("host-pid").len(), shop.found("host-ipc").len()), (0, 1, 0));
    assert!(shop.found("service-selector-dangling").contains(&"lost".to_owned()));
    assert!(shop.found("role-unused").is_empty(), "it is in no namespace");
    assert!(
        !shop.found("namespace-default-deny-missing").is_empty(),
        "the namespace belongs to it"
    );
    let both = scan(&admin, &["-n", "shop", "-n", "other"]);
    assert_eq!((both.found("host-pid").len(), both.found("host-ipc").len()), (1, 1));
    let default = scan(&admin, &[]);
    assert_eq!(default.found("host-pid").len() + default.found("host-ipc").len(), 0, "as kubectl");

    let folder = tempfile::tempdir().expect("there is a folder");
    let policy = folder.path().join("own.yaml");
    std::fs::write(&policy, OWN).expect("it can be written");
    let own = scan(&admin, &["-A", "--policy", policy.to_str().unwrap()]);
    assert_eq!(own.found("own.replicas"), ["api", "web"], "custom checks see all: {}", own.error);

    // Who may read little is told what is missing, and what can be judged is.
    let little = scan(&viewer, &["-n", "shop", "--fail-on", "never"]);
    assert_eq!((little.code, little.found("host-pid").len()), (3, 1), "{}", little.error);
    let problems = little.report["problems"].to_string();
    assert!(problems.contains("may not be listed; grant `list` on networkpolicies"), "{problems}");
    assert!(!problems.contains("deployments"), "{problems}");
    assert!(little.report["summary"]["unknown"].as_u64() > Some(0));

    let none = scan(Path::new("/nowhere"), &["-A"]);
    assert_eq!(none.code, 2, "{}", none.error);

    let audit = cluster.plane.audit();
    let records = audit.since(mark).expect("there is an audit log").by_user_agent("holystone/");
    let is_harmless = |verb: &str| matches!(verb, "list" | "get");
    assert!(records.iter().count() > 20, "they are in the log");
    assert!(records.iter().all(|record| is_harmless(&record.verb)), "{records:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_held_against_the_items_of_the_cluster() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.create_namespace("other").await;
    cluster.apply(SHOP).await;
    cluster
        .apply_policy(
            "baseline",
            "{checks: {include: [host-pid, host-ipc, host-network], profiles: []}}",
        )
        .await;
    let _controller = cluster.controller();
    cluster
        .eventually("both items are open", async || {
            let items = cluster.items().await;
            let is_open = |item: &&holystone::api::ActionItem| {
                let state = item.status.as_ref().and_then(|status| status.state);
                state == Some(holystone::api::State::Open)
            };
            (items.iter().filter(is_open).count() == 2).then_some(())
        })
        .await;

    let folder = tempfile::tempdir().expect("there is a folder");
    let against = |text: &str| {
        std::fs::write(folder.path().join("x.yaml"), text).expect("it can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
        command.arg("scan").arg(folder.path()).args(["--against", "cluster", "--format", "json"]);
        command.args(["--check", "host-pid", "--check", "host-ipc", "--check", "host-network"]);
        let output = command.arg("--kubeconfig").arg(cluster.plane.kubeconfig()).output();
        let output = output.expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), report, String::from_utf8_lossy(&output.stderr).into_owned())
    };

    let (code, report, error) = against(SHOP);
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(
        (&report["compared"]["unchanged"], &report["compared"]["new"]),
        (&2.into(), &0.into())
    );

    let changed = SHOP.replace("hostPID: true", "hostNetwork: true");
    let (code, report, error) = against(&changed);
    assert_eq!(code, Some(1), "{error}");
    let compared = &report["compared"];
    assert_eq!((&compared["unchanged"], &compared["new"]), (&1.into(), &1.into()));
    assert_eq!(compared["fixed"][0]["check"], "host-pid");
    assert_eq!(compared["fixed"][0]["target"], "Deployment shop/web");
    let with = compared["with"].as_str().unwrap();
    assert!(with.starts_with("cluster https://"), "{with}");
}

const LAMPS: &str = "\
apiVersion: holystone.dev/v1alpha1
kind: AuditPolicy
metadata: {name: own}
spec:
  checks:
    profiles: []
    custom:
      - id: small
        title: Lamps are small
        severity: high
        match: [{apiGroups: [shop.example.com], apiVersions: [v1], kinds: [Lamp]}]
        validations: [{expression: object.spec.size <= 10}]
      - id: lit
        title: Deployments have light
        severity: high
        match: [{apiGroups: [apps], kinds: [Deployment]}]
        relatedKinds: [{apiGroup: shop.example.com, kind: Lamp}]
        validations: [{expression: 'objects.exists(o, o.spec.size > 10)'}]
      - id: other-version
        title: Is of another version
        severity: high
        match: [{apiGroups: [shop.example.com], apiVersions: [v2], kinds: [Lamp]}]
        validations: [{expression: 'false'}]
";

#[tokio::test(flavor = "multi_thread")]
async fn kinds_that_only_custom_checks_name_are_read_in_their_version() {
    let cluster = Cluster::start_bare(ControlPlane::builder()).await;
    for namespace in ["shop", "other"] {
        cluster.create_namespace(namespace).await;
    }
    cluster.apply(SHOP).await;
    cluster.serve_lamps(&["v1", "v2"]).await;
    cluster.apply(&lamp("shop", "large", 11)).await;
    cluster.apply(&lamp("other", "little", 3)).await;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let policy = folder.path().join("policy.yaml");
    std::fs::write(&policy, LAMPS).expect("it can be written");
    let policy = policy.to_str().expect("it is text");
    let all = scan(cluster.plane.kubeconfig(), &["-A", "--policy", policy]);
    assert_eq!(all.found("own.small"), ["large"], "{}", all.error);
    assert_eq!(all.found("own.lit"), ["api"], "{}", all.error);
    assert_eq!(all.found("own.other-version"), <[&str; 0]>::default());
    let told = "AuditPolicy `own`: `own.other-version` is left out: match[0].apiVersions: Lamp is \
                read as shop.example.com/v1; leave that out, or name this version";
    assert!(all.error.contains(told), "{}", all.error);
    let here = scan(cluster.plane.kubeconfig(), &["-n", "other", "--policy", policy]);
    assert_eq!((here.found("own.small").len(), here.found("own.lit")), (0, vec!["api".into()]));
}
