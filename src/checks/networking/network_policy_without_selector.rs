use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Direction, Kind, Object as ClusterObject, Peer},
};

check! {
    /// Network policies select pods rather than addresses.
    ///
    /// ## Why
    ///
    /// Pods get new addresses all the time, and what leaves the cluster often has that of a node: a
    /// policy of addresses alone does not say who may talk to whom inside the cluster.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   podSelector: {matchLabels: {app: web}}
    ///   ingress:
    ///     - from: [{podSelector: {matchLabels: {app: front}}}]
    /// ```
    ///
    /// Found are policies for all pods of the namespace whose peers are all `ipBlock`. One without
    /// peers denies or allows everything, and is none of them.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
    /// - NSA/CISA Kubernetes Hardening Guide, network separation
    /// - Trivy `KSV-0038`
    "network-policy-without-selector", Networking, Low, Optional,
    Object(&[Kind::NetworkPolicy], run),
    remediation: "use podSelector and namespaceSelector",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::NetworkPolicy(policy) = &object.body else { return Verdict::NotApplicable };
    let peers = || {
        [Direction::Ingress, Direction::Egress].into_iter().flat_map(|direction| {
            policy.rules(direction).iter().flat_map(move |rule| rule.peers(direction))
        })
    };
    let selects = |peer: &Peer| peer.pod_selector.is_some() || peer.namespace_selector.is_some();
    if !policy.pod_selector.is_empty() || peers().next().is_none() || peers().any(selects) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec", "ipBlock only", "podSelector or namespaceSelector");
    Verdict::fail("policy uses no selector", [evidence])
}
