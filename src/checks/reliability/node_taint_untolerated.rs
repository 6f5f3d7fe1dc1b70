use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, Taint},
};

check! {
    /// Taints of nodes are tolerated by somebody.
    ///
    /// ## Why
    ///
    /// A node with a taint that no pod tolerates runs nothing but what every node runs. Mostly the
    /// workload that it was for is gone, or spells the taint in another way.
    ///
    /// ## Fix
    ///
    /// Tolerate it where it is meant for, or take it away (`kubectl taint node NAME KEY-`):
    ///
    /// ```yaml
    /// tolerations:
    ///   - {key: pool, operator: Equal, value: gpu, effect: NoSchedule}
    /// ```
    ///
    /// Found are taints of the effects `NoSchedule` and `NoExecute` that no workload tolerates by their
    /// key. A toleration of everything does not count: daemons of every node have it. Taints of
    /// Kubernetes itself (`node.kubernetes.io/…`, `node-role.kubernetes.io/…`) are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>
    /// - Popeye `POP-700`
    "node-taint-untolerated", Reliability, Info, Optional,
    Related(Lookup { kinds: &[Kind::Node], reads: Kind::WORKLOADS, run }),
    remediation: "tolerate the taint where it is meant for, or remove it",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Node(node) = &facts.body else { return Verdict::NotApplicable };
    let taints = node.spec.taints.iter().enumerate();
    let evidence: Vec<_> = taints
        .filter(|(_, taint)| is_judged(taint) && !cluster.tolerates(taint))
        .map(|(index, taint)| {
            let path = format!("/spec/taints/{index}");
            Evidence::at(path, format!("`{}`", taint.key), "a taint that a pod tolerates")
        })
        .collect();
    if evidence.is_empty() {
        return Verdict::Pass;
    }
    if !Kind::WORKLOADS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("pods elsewhere may tolerate its taints".into());
    }
    Verdict::unless_empty(evidence, |_| "no pod tolerates a taint of the node".to_owned())
}

/// Taints that Kubernetes and its installers set.
const OWN: [&str; 3] =
    ["node.kubernetes.io/", "node-role.kubernetes.io/", "node.cloudprovider.kubernetes.io/"];

fn is_judged(taint: &Taint) -> bool {
    matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute")
        && !OWN.iter().any(|prefix| taint.key.starts_with(prefix))
}
