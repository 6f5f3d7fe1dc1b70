use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Direction, Facts, Kind, workloads_and},
};

const READS: &[Kind] =
    workloads_and![NetworkPolicy, CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy];

check! {
    /// Namespaces have a network policy.
    ///
    /// ## Why
    ///
    /// Without any policy, every pod of the cluster may connect to every pod of the namespace, and
    /// these to anywhere.
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
    /// Found are namespaces with pods and without a `NetworkPolicy` or `CiliumNetworkPolicy`, unless
    /// a `CiliumClusterwideNetworkPolicy` isolates one of the pods.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
    /// - CIS Kubernetes Benchmark 1.12, 5.3.2
    /// - NSA/CISA Kubernetes Hardening Guide, network separation
    "namespace-network-policy-missing", Networking, Medium, Core,
    Related(Lookup { kinds: &[Kind::Namespace], reads: READS, run }),
    remediation: "add a NetworkPolicy to the namespace",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let namespace = &facts.key.name;
    let mut workloads = cluster.networked_in(namespace).peekable();
    if workloads.peek().is_none() {
        return Verdict::NotApplicable;
    }
    let has = |kind| cluster.all_in(kind, namespace).next().is_some();
    let mut is_isolated = || {
        workloads.any(|(_, workload)| {
            [Direction::Ingress, Direction::Egress]
                .into_iter()
                .any(|direction| cluster.cilium_isolates(namespace, workload, direction))
        })
    };
    if has(Kind::NetworkPolicy) || has(Kind::CiliumNetworkPolicy) || is_isolated() {
        return Verdict::Pass;
    }
    if !cluster.knows_network_policies() {
        return Verdict::Unknown("a NetworkPolicy may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "no policy", "NetworkPolicy");
    Verdict::fail("namespace has pods and no NetworkPolicy", [evidence])
}
