use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, NetworkPolicy},
};

/// Which traffic has to be restricted.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The directions, seen from the pods.
    directions: Vec<Direction>,
}

/// A direction of traffic, seen from the pods.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
pub(crate) enum Direction {
    /// To the pods.
    Ingress,
    /// From the pods.
    Egress,
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
    /// full. Pods in the network of their node are not judged. Policies of network plugins, such
    /// as `CiliumNetworkPolicy`, are not read.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
    /// - NSA/CISA Kubernetes Hardening Guide, network separation
    /// - Polaris `missingNetworkPolicy`
    "network-policy-missing", Networking, Medium, Core,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::NetworkPolicy], run }),
    parameters: Parameters,
    remediation: "add a NetworkPolicy that selects the pods, for both directions",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    if workload.host_network {
        return Verdict::NotApplicable;
    }
    let policies: Vec<&NetworkPolicy> =
        cluster.network_policies_of(&facts.key.namespace, workload).collect();
    let Parameters { directions } = context.parameters();
    let names = directions.iter().map(|direction| match direction {
        Direction::Ingress => "Ingress",
        Direction::Egress => "Egress",
    });
    let open: Vec<&str> =
        names.filter(|name| !policies.iter().any(|policy| policy.covers(name))).collect();
    if open.is_empty() {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::NetworkPolicy) {
        return Verdict::Unknown("a NetworkPolicy may be elsewhere".into());
    }
    let path = format!("{}/metadata/labels", workload.template_path);
    let evidence = Evidence::at(path, format!("open: {}", open.join(", ")), "NetworkPolicy");
    let directions = open.join(" and ").to_lowercase();
    Verdict::fail(format!("no NetworkPolicy covers the {directions} of the pods"), [evidence])
}
