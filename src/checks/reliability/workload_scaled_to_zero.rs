use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Workloads are not scaled to zero.
    ///
    /// ## Why
    ///
    /// What was turned off for an afternoon and forgotten goes on holding its configuration, its
    /// volumes and its Secrets.
    ///
    /// ## Fix
    ///
    /// Delete it, or run it again:
    ///
    /// ```yaml
    /// spec:
    ///   replicas: 2
    /// ```
    ///
    /// Found are Deployments, StatefulSets and ReplicaSets with zero replicas. Where a ScaledObject
    /// scales to zero, that is meant; the old ReplicaSets of a Deployment are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment>
    /// - Popeye `POP-500`
    "workload-scaled-to-zero", Reliability, Info, Optional,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::StatefulSet, Kind::ReplicaSet],
        reads: &[Kind::ScaledObject],
        run,
    }),
    remediation: "delete the workload, or scale it up",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload().filter(|workload| !workload.is_owned) else {
        return Verdict::NotApplicable;
    };
    if workload.replicas != Some(0) {
        return Verdict::Pass;
    }
    if cluster.naming(Kind::ScaledObject, (&facts.key).into()).next().is_some() {
        return Verdict::NotApplicable;
    }
    if !cluster.is_complete(Kind::ScaledObject) {
        return Verdict::Unknown("a ScaledObject may be elsewhere".into());
    }
    Verdict::fail("workload is scaled to zero", [Evidence::at("/spec/replicas", "0", "at least 1")])
}
