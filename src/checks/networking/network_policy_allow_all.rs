use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Direction, Kind, Object as ClusterObject, TrafficRule},
};

check! {
    /// Network policies for a whole namespace do not allow everything.
    ///
    /// ## Why
    ///
    /// Policies add up: one that allows everything for all pods makes every other of the namespace
    /// worthless, and looks like protection.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   podSelector: {}
    ///   ingress:
    ///     - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]
    /// ```
    ///
    /// Found are policies with an empty `podSelector` and a rule without peers (`from`, `to`) and
    /// without ports, in a direction that the policy is for.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic>
    /// - kubeaudit `netpols`, Popeye `POP-1203`
    "network-policy-allow-all", Networking, Low, Core, Object(&[Kind::NetworkPolicy], run),
    remediation: "name the peers of the rule, or remove the rule",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::NetworkPolicy(policy) = &object.body else { return Verdict::NotApplicable };
    if !policy.pod_selector.is_empty() {
        return Verdict::Pass;
    }
    let directions = [Direction::Ingress, Direction::Egress];
    let covered = directions.into_iter().filter(|direction| policy.covers(*direction));
    let evidence = covered.flat_map(|direction| {
        let rules = policy.rules(direction).iter().enumerate();
        let open = rules.filter(move |(_, rule)| allows_all(rule, direction));
        open.map(move |(index, _)| {
            let path = format!("/spec/{}/{index}", direction.field());
            Evidence::at(path, "any peer", "peers by selector or address")
        })
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        "policy allows everything for all pods of the namespace".to_owned()
    })
}

fn allows_all(rule: &TrafficRule, direction: Direction) -> bool {
    rule.peers(direction).is_empty() && rule.ports.is_empty()
}
