use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{CiliumNetworkPolicy, Cluster, Direction, FactBody, Facts, Kind, workloads_and},
};

/// Which traffic has to be denied.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The directions, seen from the pods.
    directions: Vec<Direction>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { directions: vec![Direction::Ingress] }
    }
}

const READS: &[Kind] =
    workloads_and![NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy];

check! {
    /// Namespaces deny traffic that no policy allows.
    ///
    /// ## Why
    ///
    /// Policies for single applications leave a new pod open until somebody remembers it. One that
    /// denies everything for the whole namespace makes the others a list of what is allowed.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata: {name: default-deny, namespace: shop}
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Ingress]
    /// ```
    ///
    /// Found are namespaces with pods that no policy covers with an empty `podSelector`, the type
    /// `Ingress` and no ingress rule. A policy of Cilium with an empty `endpointSelector` whose rules
    /// are all empty does so too. Ask for more in the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: namespace-default-deny-missing
    ///     parameters: {directions: [Ingress, Egress]}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies>
    /// - NSA/CISA Kubernetes Hardening Guide, network separation
    /// - kubeaudit `netpols`, Kyverno `add-network-policy`
    "namespace-default-deny-missing", Networking, Medium, Core,
    Related(Lookup { kinds: &[Kind::Namespace], reads: READS, run }),
    parameters: Parameters,
    remediation: "add a NetworkPolicy with an empty podSelector and no rules",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let namespace = &facts.key.name;
    let Parameters { directions } = context.parameters();
    if cluster.networked_in(namespace).next().is_none() {
        return Verdict::NotApplicable;
    }
    let open = directions.iter().filter(|direction| !denies(cluster, namespace, **direction));
    let open: Vec<&str> = open.map(|direction| direction.field()).collect();
    if open.is_empty() {
        return Verdict::Pass;
    }
    if !cluster.knows_network_policies() {
        return Verdict::Unknown("a NetworkPolicy may be elsewhere".into());
    }
    let open = open.join(" and ");
    let evidence = Evidence::at("/metadata/name", format!("open: {open}"), "NetworkPolicy");
    Verdict::fail(format!("no NetworkPolicy denies all {open} by default"), [evidence])
}

fn denies(cluster: &Cluster, namespace: &str, direction: Direction) -> bool {
    let mut own = cluster.all_in(Kind::NetworkPolicy, namespace);
    let denies = |facts: &Facts| match &facts.body {
        FactBody::NetworkPolicy(policy) => policy.denies_all(direction),
        _ => false,
    };
    let mut cilium = cluster.cilium_policies(namespace).flat_map(CiliumNetworkPolicy::rules);
    own.any(denies) || cilium.any(|rule| rule.denies_all(direction))
}
