//! A real control plane with our definitions and roles, as an administrator handles it.

use std::path::PathBuf;

use control_plane::{Builder, ControlPlane};
use holystone::{
    api::{self, ActionItem, AuditPolicy},
    engine::Target,
    items::item_name,
};
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams},
    core::{ApiResource, GroupVersionKind, Status},
};
use serde_json::{Value, json};

use super::{
    API_VERSION, Controller, OWN_NAMESPACE,
    objects::{home, lamps, policy_manifest},
};

const DEFINITION: &str = "apiextensions.k8s.io/v1";

const SECOND_BINDINGS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: second}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: holystone}
subjects: [{kind: ServiceAccount, name: second, namespace: holystone-system}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: second, namespace: holystone-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: holystone}
subjects: [{kind: ServiceAccount, name: second, namespace: holystone-system}]
";

/// A control plane with our definitions and roles installed.
pub struct Cluster {
    pub plane: ControlPlane,
    pub client: Client,
    kubeconfig: PathBuf,
}

/// An object that exists, existed, or is going to.
pub struct Handle {
    api: Api<DynamicObject>,
    name: String,
}

impl Cluster {
    /// etcd and kube-apiserver, with the definitions, the roles and the controller's account.
    pub async fn start() -> Self {
        Self::start_with(ControlPlane::builder()).await
    }

    /// The same, with the controllers of Kubernetes: garbage collection, namespaces, workloads.
    pub async fn start_with_controllers() -> Self {
        Self::start_with(ControlPlane::builder().controller_manager(true)).await
    }

    async fn start_with(builder: Builder) -> Self {
        let cluster = Self::start_bare(builder).await;
        cluster.install_definitions().await;
        cluster
    }

    /// Nothing of ours.
    pub async fn start_empty(builder: Builder) -> Self {
        let plane = builder.start().await.expect("a control plane starts");
        let client = plane.client();
        Self { plane, client, kubeconfig: PathBuf::new() }
    }

    /// Without the definitions of our resources.
    pub async fn start_bare(builder: Builder) -> Self {
        let mut cluster = Self::start_empty(builder).await;
        for text in [
            include_str!("../../../config/rbac/account.yaml"),
            include_str!("../../../config/rbac/role.yaml"),
            include_str!("../../../config/rbac/admission.yaml"),
        ] {
            cluster.apply(text).await;
        }
        cluster.kubeconfig = cluster.kubeconfig_of("holystone").await;
        cluster
    }

    /// The kubeconfig of a second account with the rights of the controller.
    pub async fn second_account(&self) -> PathBuf {
        self.apply(SECOND_BINDINGS).await;
        self.kubeconfig_of("second").await
    }

    /// The kubeconfig of an account in the controller's namespace.
    pub async fn kubeconfig_of(&self, account: &str) -> PathBuf {
        let kubeconfig = self.plane.kubeconfig_for(OWN_NAMESPACE, account).await;
        kubeconfig.expect("the service account gets a token")
    }

    pub async fn install_definitions(&self) {
        for (_, yaml) in api::files().expect("definitions are rendered") {
            self.apply(&yaml).await;
        }
        for kind in ["auditpolicies", "actionitems"] {
            let definition = self.definition(kind);
            self.eventually(&format!("{kind} are established"), async || {
                let conditions = definition.get().await?.data["status"]["conditions"].clone();
                let is_true = |condition: &Value| {
                    condition["type"] == "Established" && condition["status"] == "True"
                };
                conditions.as_array()?.iter().any(is_true).then_some(())
            })
            .await;
        }
    }

    /// The definition of one of our resources.
    pub fn definition(&self, plural: &str) -> Handle {
        let name = format!("{plural}.holystone.dev");
        self.object(DEFINITION, "CustomResourceDefinition", "", &name)
    }

    /// Whether the server answers for a custom kind.
    pub async fn definition_is_served(&self, api_version: &str, plural: &str) -> bool {
        let (group, version) = api_version.split_once('/').expect("it has a group");
        let path = format!("/apis/{group}/{version}/{plural}");
        let request = http::Request::get(path).body(Vec::new()).expect("it is a request");
        self.client.request_text(request).await.is_ok()
    }

    /// Serves a custom kind in these versions.
    pub async fn serve_lamps(&self, versions: &[&str]) {
        self.apply(&lamps(versions)).await;
        for version in versions {
            let version = format!("shop.example.com/{version}");
            self.eventually("lamps are served", async || {
                self.definition_is_served(&version, "lamps").await.then_some(())
            })
            .await;
        }
    }

    /// Starts the controller with the rights that the project ships, and no others.
    pub fn controller(&self) -> Controller {
        self.controller_with(&[])
    }

    pub fn controller_with(&self, arguments: &[&str]) -> Controller {
        Controller::start(&self.kubeconfig, arguments)
    }

    /// Applies a manifest of one or more documents, as an administrator would.
    pub async fn apply(&self, yaml: &str) {
        if let Err(problem) = self.try_apply(yaml).await {
            panic!("{problem}");
        }
    }

    /// Applies a manifest that the server refuses; the answer is why.
    pub async fn refusal(&self, yaml: &str) -> String {
        self.try_apply(yaml).await.expect_err(&format!("this is refused: {yaml}")).message
    }

    /// Applies a manifest; the answer is whether the server takes it.
    pub async fn is_applied(&self, yaml: &str) -> bool {
        self.try_apply(yaml).await.is_ok()
    }

    async fn try_apply(&self, yaml: &str) -> Result<(), Box<Status>> {
        for document in yaml.split("\n---\n") {
            let value: Value = serde_saphyr::from_str(document).expect("the manifest is YAML");
            if value.is_null() {
                continue;
            }
            let text = |pointer: &str| {
                value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let (api_version, kind) = (text("/apiVersion"), text("/kind"));
            let api = self.api(&api_version, &kind, &text("/metadata/namespace"));
            let parameters = PatchParams::apply("test").force();
            let name = text("/metadata/name");
            match api.patch(&name, &parameters, &Patch::Apply(&value)).await {
                Ok(_) => {}
                Err(kube::Error::Api(status)) => return Err(status),
                Err(error) => panic!("{kind} {name}: {error}"),
            }
        }
        Ok(())
    }

    pub async fn create_namespace(&self, name: &str) {
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": { "name": name },
        });
        self.apply(&namespace.to_string()).await;
    }

    /// A policy with the given `spec`, in YAML.
    pub async fn apply_policy(&self, name: &str, spec: &str) {
        self.apply(&policy_manifest(name, spec)).await;
    }

    pub fn api(&self, api_version: &str, kind: &str, namespace: &str) -> Api<DynamicObject> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
        match namespace {
            "" => Api::all_with(self.client.clone(), &resource),
            namespace => Api::namespaced_with(self.client.clone(), namespace, &resource),
        }
    }

    pub fn object(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> Handle {
        Handle { api: self.api(api_version, kind, namespace), name: name.to_owned() }
    }

    pub fn deployment(&self, namespace: &str, name: &str) -> Handle {
        self.object("apps/v1", "Deployment", namespace, name)
    }

    pub fn policy_object(&self, name: &str) -> Handle {
        self.object(API_VERSION, "AuditPolicy", "", name)
    }

    pub async fn policy(&self, name: &str) -> AuditPolicy {
        let policies = Api::<AuditPolicy>::all(self.client.clone());
        policies.get(name).await.expect("the policy exists")
    }

    /// All items, in a stable order.
    pub async fn items(&self) -> Vec<ActionItem> {
        let items = Api::<ActionItem>::all(self.client.clone());
        let mut items = items.list(&ListParams::default()).await.expect("items are listed").items;
        items.sort_by_key(|item| (item.namespace(), item.name_any()));
        items
    }

    pub async fn item(&self, check: &str, target: &Target) -> Option<ActionItem> {
        let items = Api::<ActionItem>::namespaced(self.client.clone(), home(target));
        items.get_opt(&item_name(check, target, 0)).await.expect("the server answers")
    }

    pub fn item_object(&self, check: &str, target: &Target) -> Handle {
        self.object(API_VERSION, "ActionItem", home(target), &item_name(check, target, 0))
    }

    /// Gives the controller's role other rules; the answer is those that it had.
    pub async fn change_role(&self, change: impl Fn(&mut Vec<Value>)) -> Value {
        let role = self.object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "holystone");
        let before = role.get().await.expect("the role exists").data["rules"].clone();
        let mut rules = before.as_array().expect("rules are a list").clone();
        change(&mut rules);
        role.merge(json!({ "rules": rules })).await;
        before
    }

    /// Gives the controller's role the rules that it had.
    pub async fn restore_role(&self, rules: Value) {
        let role = self.object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "holystone");
        role.merge(json!({ "rules": rules })).await;
    }
}

impl Handle {
    pub async fn get(&self) -> Option<DynamicObject> {
        self.api.get_opt(&self.name).await.expect("the server answers")
    }

    pub async fn uid(&self) -> String {
        self.get().await.expect("the object exists").uid().expect("the server sets it")
    }

    pub async fn delete(&self) {
        let deleted = self.api.delete(&self.name, &DeleteParams::default()).await;
        deleted.expect("the object can be deleted");
    }

    pub async fn merge(&self, patch: Value) {
        let parameters = PatchParams::default();
        let patched = self.api.patch(&self.name, &parameters, &Patch::Merge(patch)).await;
        patched.expect("the object can be patched");
    }

    pub async fn merge_status(&self, status: Value) {
        let (parameters, patch) = (PatchParams::default(), json!({ "status": status }));
        let patched = self.api.patch_status(&self.name, &parameters, &Patch::Merge(patch)).await;
        patched.expect("the status can be patched");
    }
}
