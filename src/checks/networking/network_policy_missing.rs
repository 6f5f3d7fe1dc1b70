use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Direction, Facts, Kind},
};

/// Which traffic has to be restricted.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The directions, seen from the pods.
    directions: Vec<Direction>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { directions: vec![Direction::Ingress, Direction::Egress] }
    }
}

check! {
    /// Network policies restrict the traffic of every pod.
    ///
    /// ## Why
    ///
    /// A pod that no policy selects accepts connections from every pod of the cluster and may open
    /// them to anywhere: one compromised container reaches all others, and the internet.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata: {name: web}
    /// spec:
    ///   podSelector: {matchLabels: {app: web}}
    ///   policyTypes: [Ingress, Egress]
    ///   ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]
    ///   egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]
    /// ```
    ///
    /// A policy covers the directions in `policyTypes`, also where it denies them all; without the
    /// field `Ingress`, and `Egress` if it has such rules. The selector has to select the pods in
    /// full. A `CiliumNetworkPolicy` or `CiliumClusterwideNetworkPolicy` covers the directions that
    /// it has rules for, unless its `enableDefaultDeny` says otherwise. Pods in the network of their
    /// node are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
    /// - NSA/CISA Kubernetes Hardening Guide, network separation
    /// - Polaris `missingNetworkPolicy`, kube-score `pod-networkpolicy`, kube-linter `non-isolated-pod`
    "network-policy-missing", Networking, Medium, Core,
    Related(Lookup {
        kinds: Kind::WORKLOADS,
        reads: &[
            Kind::NetworkPolicy,
            Kind::CiliumNetworkPolicy,
            Kind::CiliumClusterwideNetworkPolicy,
            Kind::Namespace,
        ],
        run,
    }),
    parameters: Parameters,
    remediation: "add a NetworkPolicy that selects the pods, for both directions",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    if workload.host_network {
        return Verdict::NotApplicable;
    }
    let namespace = &facts.key.namespace;
    let Parameters { directions } = context.parameters();
    let open = directions
        .iter()
        .filter(|direction| !cluster.isolates(namespace, workload, **direction))
        .map(|direction| direction.as_str());
    let open: Vec<&str> = open.collect();
    if open.is_empty() {
        return Verdict::Pass;
    }
    let policies =
        [Kind::NetworkPolicy, Kind::CiliumNetworkPolicy, Kind::CiliumClusterwideNetworkPolicy];
    if !policies.into_iter().all(|kind| cluster.is_complete(kind)) {
        return Verdict::Unknown("a NetworkPolicy may be elsewhere".into());
    }
    let path = format!("{}/metadata/labels", workload.template_path);
    let evidence = Evidence::at(path, format!("open: {}", open.join(", ")), "NetworkPolicy");
    let directions = open.join(" and ").to_lowercase();
    Verdict::fail(format!("no NetworkPolicy covers the {directions} of the pods"), [evidence])
}
