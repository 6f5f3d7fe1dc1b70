//! `holystone who-can` and `holystone rbac` ask a cluster, and change nothing there.

use std::{path::Path, process::Command, time::Duration};

use control_plane::{ControlPlane, Record};
use serde_json::Value;

use crate::support::Cluster;

const ROLES: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: prober, labels: {rbac.authorization.k8s.io/aggregate-to-view: \"true\"}}
rules:
  - {apiGroups: [example.com], resources: [probes], verbs: [get]}
  - {apiGroups: [\"\"], resources: [nodes], verbs: [escalate]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: prober}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: prober}
subjects: [{kind: ServiceAccount, name: prober, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: auditor, namespace: shop}
rules:
  - {apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: auditor, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: auditor}
subjects: [{kind: ServiceAccount, name: auditor, namespace: holystone-system}]
";

fn holystone(kubeconfig: &Path, arguments: &[&str]) -> (i32, Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    command.args(arguments).args(["--cluster", "--format", "json", "--kubeconfig"]);
    let output = command.arg(kubeconfig).output().expect("the program runs");
    let code = output.status.code().expect("it ends by itself");
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (code, report, String::from_utf8(output.stderr).expect("it is text"))
}

fn subjects(report: &Value) -> Vec<String> {
    let access = report["access"].as_array().expect("it is a report");
    access.iter().map(|entry| entry["subject"]["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn access_is_told_of_a_cluster() {
    let cluster = Cluster::start_bare(ControlPlane::builder()).await;
    cluster.create_namespace("shop").await;
    cluster.apply(ROLES).await;
    let admin = cluster.plane.kubeconfig().to_owned();
    let auditor = cluster.kubeconfig_of("auditor").await;
    let mark = cluster.plane.audit().mark().expect("there is an audit log");

    // Beside those of the control plane, which may do everything.
    let (code, report, error) = holystone(&admin, &["who-can", "escalate", "nodes"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(subjects(&report), ["system:masters", "prober"]);
    let (code, report, _) = holystone(&admin, &["rbac", "shop/prober"]);
    let found = report["access"].as_array().expect("it is a report");
    assert!(code == 0 && found.iter().any(|entry| entry["role"]["name"] == "prober"), "{report}");

    // Who may read one namespace only is told what is missing.
    let arguments = ["who-can", "list", "roles", "-n", "shop"];
    let (code, report, error) = holystone(&auditor, &arguments);
    assert_eq!((code, subjects(&report)), (3, vec!["auditor".to_owned()]), "{error}");
    assert!(error.contains("clusterrolebindings"), "{error}");

    let patience = Duration::from_secs(10);
    let is_last = |record: &Record| record.resource == "rolebindings" && record.code == 200;
    let is_ours = |record: &Record| record.user.ends_with(":auditor") && is_last(record);
    let audit = cluster.plane.audit();
    audit.wait_for(mark, patience, is_ours).await.expect("the last list is in the log");
    let records = audit.since(mark).expect("there is an audit log").by_user_agent("holystone/");
    assert!(records.iter().all(|record| record.verb == "list"), "{records:?}");
}
