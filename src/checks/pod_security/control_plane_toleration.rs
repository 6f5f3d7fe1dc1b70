use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, Toleration},
};

/// The taints of nodes of the control plane; kubeadm gave the second one until 1.25.
const TAINTS: [&str; 2] =
    ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/// Whose pods may run beside the control plane.
#[derive(Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Namespaces of the system, which are not judged.
    system_namespaces: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { system_namespaces: vec!["kube-system".to_owned()] }
    }
}

check! {
    /// Pods keep away from nodes of the control plane.
    ///
    /// ## Why
    ///
    /// A pod that gets out of its container on such a node finds the keys of the whole cluster, and
    /// one that only needs much memory takes it from etcd.
    ///
    /// ## Fix
    ///
    /// Tolerate what is meant, and nothing else:
    ///
    /// ```yaml
    /// tolerations:
    ///   - key: example.com/gpu
    ///     operator: Exists
    ///     effect: NoSchedule
    /// ```
    ///
    /// Found are tolerations of the taints `node-role.kubernetes.io/control-plane:NoSchedule` and
    /// `…/master:NoSchedule`, which have no value: by key, or of every key. Namespaces of the
    /// parameter `systemNamespaces` are not judged, `kube-system` by default.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>
    /// - Kyverno `restrict-controlplane-scheduling`
    "control-plane-toleration", PodSecurity, Medium, Standard, Object(Kind::WORKLOADS, run),
    parameters: Parameters,
    remediation: "remove the toleration of the control plane's taint",
    rule: Rule::object("variables.pod.?tolerations.orValue([]).exists(toleration, \
        toleration.?effect.orValue('') in ['', 'NoSchedule'] && \
        (toleration.?operator.orValue('Equal') == 'Exists' ? toleration.?key.orValue('') in \
        variables.params.taints + [''] : toleration.?operator.orValue('Equal') in ['', 'Equal'] \
        && toleration.?key.orValue('') in variables.params.taints && \
        toleration.?value.orValue('') == ''))")
        .when("!(object.metadata.?namespace.orValue('') in variables.params.systemNamespaces)")
        .with(|context| {
            let Parameters { system_namespaces } = context.parameters();
            serde_json::json!({ "systemNamespaces": system_namespaces, "taints": TAINTS })
        }),
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Parameters { system_namespaces } = context.parameters();
    let namespace = object.meta.namespace.as_deref().unwrap_or_default();
    if system_namespaces.iter().any(|system| system == namespace) {
        return Verdict::NotApplicable;
    }
    let tolerations = workload.pod().tolerations.iter().enumerate();
    let evidence = tolerations.filter(|(_, toleration)| is_of_control_plane(toleration)).map(
        |(index, toleration)| {
            let path = workload.pod_path(&format!("tolerations/{index}"));
            let key = if toleration.key.is_empty() { "every key" } else { &toleration.key };
            Evidence::at(path, key.to_owned(), "absent")
        },
    );
    Verdict::unless_empty(evidence.collect(), |_| {
        "pods tolerate nodes of the control plane".to_owned()
    })
}

fn is_of_control_plane(toleration: &Toleration) -> bool {
    let Toleration { key, operator, value, effect, .. } = toleration;
    let key = key.as_str();
    matches!(effect.as_str(), "" | "NoSchedule")
        && match operator.as_str() {
            "Exists" => key.is_empty() || TAINTS.contains(&key),
            "" | "Equal" => TAINTS.contains(&key) && value.is_empty(),
            _ => false,
        }
}
