use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
};

check! {
    /// Autoscalers keep at least two replicas.
    ///
    /// ## Why
    ///
    /// In quiet hours the workload runs with `minReplicas`. If that is one, a drained node or a
    /// crash is an outage, just as without autoscaler.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   minReplicas: 2        # the API server's default is 1
    ///   maxReplicas: 6
    /// ```
    ///
    /// Of a ScaledObject of KEDA, `minReplicaCount` is judged; zero, the default there, takes the
    /// workload away on purpose when there is nothing to do, and is not found.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>
    /// - Polaris `hpaMinAvailability`
    "hpa-min-replicas-low", Reliability, Low, Core,
    Object(&[Kind::HorizontalPodAutoscaler, Kind::ScaledObject], run),
    remediation: "set `minReplicas` to 2 or more",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Some(bounds) = object.body.bounds() else { return Verdict::NotApplicable };
    let scales_to_zero = object.kind == Kind::ScaledObject && bounds.least == 0;
    if bounds.least >= 2 || scales_to_zero {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(bounds.least_path, bounds.least.to_string(), "at least 2");
    Verdict::fail("autoscaler does not keep two replicas", [evidence])
}
