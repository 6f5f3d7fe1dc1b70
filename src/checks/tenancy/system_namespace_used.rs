use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, is_system_namespace},
};

/// What belongs into a namespace of Kubernetes.
#[derive(Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Keys of labels that mark an add-on of the cluster, on the object or on its pods.
    add_on_labels: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        let keys = [
            "k8s-app",
            "component",
            "addonmanager.kubernetes.io/mode",
            "kubernetes.io/cluster-service",
        ];
        Self { add_on_labels: keys.map(str::to_owned).to_vec() }
    }
}

check! {
    /// Namespaces of Kubernetes are left to Kubernetes.
    ///
    /// ## Why
    ///
    /// Who may create a pod in `kube-system` can use its service accounts, some of which may do
    /// everything; policies, quotas and audits often leave these namespaces out.
    ///
    /// ## Fix
    ///
    /// Move the workload to a namespace of its own:
    ///
    /// ```yaml
    /// metadata:
    ///   namespace: monitoring
    /// ```
    ///
    /// Found are workloads in `kube-system`, `kube-public`, `kube-node-lease` and any other namespace
    /// `kube-…` that no label (`k8s-app`, `component`, `addonmanager.kubernetes.io/mode`,
    /// `kubernetes.io/cluster-service`) and no priority class `system-cluster-critical` or
    /// `system-node-critical` marks as an add-on. Static pods are left alone. Policies leave these
    /// namespaces out unless their scope names them.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces>
    /// - NSA/CISA Kubernetes Hardening Guide, namespaces
    "system-namespace-used", Tenancy, Medium, Standard, Object(Kind::WORKLOADS, run),
    parameters: Parameters,
    remediation: "move the workload to a namespace of its own",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let namespace = object.meta.namespace.as_deref().unwrap_or_default();
    if !is_system_namespace(namespace) {
        return Verdict::Pass;
    }
    let Parameters { add_on_labels } = context.parameters();
    let labels = [&object.meta.labels, &workload.template.metadata.labels];
    let is_labelled =
        add_on_labels.iter().any(|key| labels.iter().any(|labels| labels.value(key).is_some()));
    let is_static = object.meta.owner_references.iter().any(|owner| owner.kind == "Node");
    if is_labelled || is_static || workload.has_system_priority() {
        return Verdict::Pass;
    }
    let evidence =
        Evidence::at("/metadata/namespace", namespace.to_owned(), "a namespace of its own");
    Verdict::fail(format!("workload is in the namespace `{namespace}` of Kubernetes"), [evidence])
}
