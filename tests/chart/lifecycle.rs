//! Installed, upgraded, rolled back and uninstalled by the real Helm, on a real control plane.

use std::{fs, process::Command, time::Duration};

use control_plane::ControlPlane;
use kube::{
    Api,
    api::{DynamicObject, ListParams, PostParams},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::{Value, json};

use crate::tools::{Answer, Helm, chart, helms, run};

const DEFINITION: &str = "auditpolicies.holystone.dev";

#[tokio::test]
async fn the_third_generation() {
    live(3).await;
}

#[tokio::test]
async fn the_fourth_generation() {
    live(4).await;
}

async fn live(generation: u8) {
    let Some(helm) = helms().into_iter().find(|helm| helm.generation == generation) else { return };
    let plane = ControlPlane::start().await.expect("a control plane starts");
    let cluster = Cluster { plane, helm };
    let older = older_chart();
    let chart = chart().display().to_string();

    let old = older.path().display().to_string();
    cluster.install_with_policy(&old, "defaultPolicy.enabled=true");
    assert_eq!(cluster.columns().await, 0, "the older definition has no columns");
    assert_eq!(cluster.names("holystone.dev/v1alpha1", "AuditPolicy").await, ["baseline"]);
    cluster.make_item().await;

    let flag = "--set=defaultPolicy.enabled=true,flags.max-items=20000";
    cluster.helm(&["upgrade", "holystone", &chart, flag]);
    assert!(cluster.columns().await > 0, "the definition is upgraded");
    assert!(cluster.arguments().await.contains("--max-items=20000"));
    let uid = cluster.policy_uid().await;

    let installed = cluster.revision() - 1;
    cluster.helm(&["rollback", "holystone", &installed.to_string()]);
    assert!(!cluster.arguments().await.contains("--max-items"));
    assert_eq!(cluster.columns().await, 0, "the definition is rolled back");
    assert_eq!(cluster.policy_uid().await, uid, "the policy outlives the rollback");
    cluster.helm(&["upgrade", "holystone", &chart]);
    assert_eq!(cluster.policy_uid().await, uid, "the policy outlives its switch");

    cluster.helm(&["uninstall", "holystone"]);
    for (api_version, kind) in KINDS {
        let left = cluster.names(api_version, kind).await;
        assert!(!left.iter().any(|name| name.starts_with("holystone")), "{kind}: {left:?}");
    }
    assert!(cluster.columns().await > 0, "the definition is kept");
    assert_eq!(cluster.names("holystone.dev/v1alpha1", "ActionItem").await.len(), 1);

    cluster.install_with_policy(&chart, "defaultPolicy.enabled=true,crds.keep=false");
    assert_eq!(cluster.names("holystone.dev/v1alpha1", "ActionItem").await.len(), 1);
    assert_eq!(cluster.policy_uid().await, uid, "the policy is the one of before");
    cluster.helm(&["uninstall", "holystone"]);
    cluster.definitions_go().await;
}

/// Of these nothing is left behind.
const KINDS: [(&str, &str); 11] = [
    ("apps/v1", "Deployment"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("policy/v1", "PodDisruptionBudget"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"),
];

struct Cluster {
    plane: ControlPlane,
    helm: Helm,
}

impl Cluster {
    fn helm(&self, arguments: &[&str]) {
        let answer = self.try_helm(arguments);
        assert!(answer.is_good, "helm {arguments:?}: {}{}", answer.out, answer.problem);
    }

    fn try_helm(&self, arguments: &[&str]) -> Answer {
        let mut command = self.helm.command();
        command.env("KUBECONFIG", self.plane.kubeconfig());
        run(command.arg("--namespace=holystone-system").args(arguments))
    }

    /// Without `--wait`, for which there would have to be kubelets, the policy may come before its
    /// definition is served. The same command once more mends that.
    fn install_with_policy(&self, chart: &str, values: &str) {
        let arguments =
            ["upgrade", "--install", "--create-namespace", "holystone", chart, "--set", values];
        let answer = self.try_helm(&arguments);
        if !answer.is_good {
            assert!(answer.problem.contains("no matches for kind"), "{}", answer.problem);
            self.helm(&arguments);
        }
    }

    fn revision(&self) -> u64 {
        let status = self.try_helm(&["status", "holystone", "--output=json"]).out;
        let status: Value = serde_json::from_str(&status).expect("the status is JSON");
        status["version"].as_u64().expect("a release has a revision")
    }

    fn api(&self, api_version: &str, kind: &str) -> Api<DynamicObject> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let kind = GroupVersionKind::gvk(group, version, kind);
        Api::all_with(self.plane.client(), &ApiResource::from_gvk(&kind))
    }

    async fn names(&self, api_version: &str, kind: &str) -> Vec<String> {
        let list = self.api(api_version, kind).list(&ListParams::default()).await;
        let objects = list.expect("objects are listed").items;
        objects.into_iter().filter_map(|object| object.metadata.name).collect()
    }

    /// The columns that the definition of policies prints.
    async fn columns(&self) -> usize {
        let api = self.api("apiextensions.k8s.io/v1", "CustomResourceDefinition");
        let definition = api.get(DEFINITION).await.expect("the definition exists");
        let columns = &definition.data["spec"]["versions"][0]["additionalPrinterColumns"];
        columns.as_array().map_or(0, Vec::len)
    }

    async fn arguments(&self) -> String {
        let list = self.api("apps/v1", "Deployment").list(&ListParams::default()).await;
        let deployment = list.expect("deployments are listed").items.remove(0);
        deployment.data["spec"]["template"]["spec"]["containers"][0]["args"].to_string()
    }

    /// `crds.keep: false` takes them along, as soon as the server has removed their objects.
    async fn definitions_go(&self) {
        let gone = async {
            while !self
                .names("apiextensions.k8s.io/v1", "CustomResourceDefinition")
                .await
                .is_empty()
            {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), gone).await.expect("no definition is left");
    }

    async fn policy_uid(&self) -> Option<String> {
        let policy = self.api("holystone.dev/v1alpha1", "AuditPolicy").get("baseline").await;
        policy.expect("the policy exists").metadata.uid
    }

    async fn make_item(&self) {
        let item = json!({
            "apiVersion": "holystone.dev/v1alpha1",
            "kind": "ActionItem",
            "metadata": { "name": "web" },
            "spec": {
                "check": "privileged-container",
                "target": { "group": "apps", "kind": "Deployment", "namespace": "default", "name": "web" },
            },
        });
        let kind = GroupVersionKind::gvk("holystone.dev", "v1alpha1", "ActionItem");
        let resource = ApiResource::from_gvk(&kind);
        let items = Api::namespaced_with(self.plane.client(), "default", &resource);
        let item: DynamicObject =
            serde_json::from_value::<DynamicObject>(item).expect("it is an object");
        items.create(&PostParams::default(), &item).await.expect("the item is taken");
    }
}

/// The chart with definitions that lack something.
fn older_chart() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let source = format!("{}/.", chart().display());
    assert!(run(Command::new("cp").args(["-r", &source]).arg(folder.path())).is_good);
    let file = folder.path().join("templates/crds/auditpolicies.yaml");
    let text = fs::read_to_string(&file).expect("the definition is there");
    fs::write(&file, without_columns(&text)).expect("it can be written");
    folder
}

fn without_columns(text: &str) -> String {
    let (before, rest) =
        text.split_once("  - additionalPrinterColumns:\n").expect("it has columns");
    let end = rest.find("    name: v1alpha1\n").expect("the version has a name");
    format!("{before}  - {}", rest[end..].trim_start())
}
