use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Replicas keep apart from each other.
    ///
    /// ## Why
    ///
    /// Two replicas on one node are one replica when the node goes. Nothing keeps the scheduler from
    /// putting them there, unless the pods say that they want to be apart.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// affinity:
    ///   podAntiAffinity:
    ///     preferredDuringSchedulingIgnoredDuringExecution:
    ///       - weight: 100
    ///         podAffinityTerm:
    ///           topologyKey: kubernetes.io/hostname
    ///           labelSelector: {matchLabels: {app: web}}
    /// ```
    ///
    /// Found are Deployments and StatefulSets of two replicas or more whose pods have neither an
    /// anti-affinity, required or preferred, that selects themselves over nodes, zones or regions, nor
    /// a topology spread constraint that does. Where an autoscaler sets the number, its minimum counts.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity>
    /// - KubeLinter `no-anti-affinity`, kube-score `deployment-has-host-podantiaffinity`
    "pod-anti-affinity-missing", Reliability, Low, Core,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::StatefulSet],
        reads: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject],
        run,
    }),
    remediation: "add a `podAntiAffinity` or a topology spread constraint that selects the pods",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    if cluster.least_replicas(&facts.key, workload) < 2 {
        return Verdict::NotApplicable;
    }
    if workload.keeps_apart {
        return Verdict::Pass;
    }
    let path = format!("{}/affinity/podAntiAffinity", workload.spec_path);
    let evidence = Evidence::at(path, "none that means the pods", "an anti-affinity");
    Verdict::fail("nothing keeps the replicas apart", [evidence])
}
