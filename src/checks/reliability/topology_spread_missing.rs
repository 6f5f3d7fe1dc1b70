use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Workloads of three replicas and more are spread over nodes or zones.
    ///
    /// ## Why
    ///
    /// Without constraints the scheduler may put all replicas on one node, or in one zone, and
    /// they fail together.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// topologySpreadConstraints:
    ///   - maxSkew: 1
    ///     topologyKey: topology.kubernetes.io/zone
    ///     whenUnsatisfiable: ScheduleAnyway
    ///     labelSelector: {matchLabels: {app: web}}
    /// ```
    ///
    /// Where an autoscaler sets the number of replicas, its minimum counts.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>
    /// - Polaris `topologySpreadConstraint`
    "topology-spread-missing", Reliability, Low, Core,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::StatefulSet],
        reads: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject],
        run,
    }),
    remediation: "add `topologySpreadConstraints` over zones or nodes",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    if cluster.least_replicas(&facts.key, workload) < 3 {
        return Verdict::NotApplicable;
    }
    if workload.is_spread {
        return Verdict::Pass;
    }
    let path = format!("{}/topologySpreadConstraints", workload.spec_path);
    let evidence = Evidence::at(path, "none", "a constraint");
    Verdict::fail("pods have no topology spread constraint", [evidence])
}
