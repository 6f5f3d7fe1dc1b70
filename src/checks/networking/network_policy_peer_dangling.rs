use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Direction, FactBody, Facts, Kind, NetworkPolicy, workloads_and},
};

check! {
    /// Network policies name peers that exist.
    ///
    /// ## Why
    ///
    /// A rule whose peer selects nothing allows nothing: either somebody is cut off, or the rule is
    /// left over and waits for whoever takes the labels next.
    ///
    /// ## Fix
    ///
    /// Make the selectors match the labels of the pods and of their Namespace, or delete the rule:
    ///
    /// ```yaml
    /// ingress:
    ///   - from:
    ///       - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}
    ///         podSelector: {matchLabels: {app: prometheus}}
    /// ```
    ///
    /// Found are peers whose selectors match no Namespace, or no pod in the namespaces that they
    /// match. Empty selectors and addresses are not judged. What changes in other namespaces is
    /// looked at in the next audit.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors>
    /// - kube-linter `dangling-networkpolicypeer-podselector`, Popeye `POP-1201`, `POP-1202`
    "network-policy-peer-dangling", Networking, Low, Standard,
    RelatedTimed(Lookup { kinds: &[Kind::NetworkPolicy], reads: workloads_and![Namespace], run }),
    remediation: "make the selectors of the peer match the pods that are meant",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::NetworkPolicy(policy) = &facts.body else { return Verdict::NotApplicable };
    let mut dangling = dangling(policy, &facts.key.namespace, cluster).peekable();
    if dangling.peek().is_none() {
        return Verdict::Pass;
    }
    if !cluster.knows_workloads() || !cluster.is_complete(Kind::Namespace) {
        return Verdict::Unknown("the pods may be elsewhere".into());
    }
    Verdict::unless_empty(dangling.collect(), |evidence| match evidence {
        [_] => "peer selects nothing".to_owned(),
        many => format!("{} peers select nothing", many.len()),
    })
}

fn dangling<'a>(
    policy: &'a NetworkPolicy,
    namespace: &'a str,
    cluster: &'a Cluster,
) -> impl Iterator<Item = Evidence> + 'a {
    [Direction::Ingress, Direction::Egress].into_iter().flat_map(move |direction| {
        let rules = policy.rules(direction).iter().enumerate();
        rules.flat_map(move |(rule, content)| {
            let peers = content.peers(direction).iter().enumerate();
            let dangling = peers.filter(move |(_, peer)| !cluster.has_peer(namespace, peer));
            dangling.map(move |(peer, content)| {
                let (field, side) = (direction.field(), direction.peers_field());
                let path = format!("/spec/{field}/{rule}/{side}/{peer}");
                Evidence::at(path, content.to_string(), "pods that exist")
            })
        })
    })
}
