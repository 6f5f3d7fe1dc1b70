use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Deployments are scaled by an autoscaler.
    ///
    /// ## Why
    ///
    /// A fixed number of replicas is too many at night and too few on the day of the sale.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata: {name: web}
    /// spec:
    ///   scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    ///   minReplicas: 2
    ///   maxReplicas: 6
    /// ```
    ///
    /// A ScaledObject of KEDA is an autoscaler, too. What is scaled to zero is not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>
    /// - Kyverno `check-hpa-exists`
    "hpa-missing", Reliability, Info, Optional,
    Related(Lookup {
        kinds: &[Kind::Deployment],
        reads: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject],
        run,
    }),
    remediation: "add a HorizontalPodAutoscaler",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    if workload.replicas == Some(0) {
        return Verdict::NotApplicable;
    }
    if cluster.bounds_of(&facts.key).is_some() {
        return Verdict::Pass;
    }
    if ![Kind::HorizontalPodAutoscaler, Kind::ScaledObject]
        .iter()
        .all(|kind| cluster.is_complete(*kind))
    {
        return Verdict::Unknown("an autoscaler may be elsewhere".into());
    }
    let evidence = Evidence::at("/spec/replicas", "no autoscaler", "HorizontalPodAutoscaler");
    Verdict::fail("no autoscaler scales the Deployment", [evidence])
}
