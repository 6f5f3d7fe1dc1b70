use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
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
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>
    /// - Polaris `hpaMinAvailability`
    "hpa-min-replicas-low", Reliability, Low, Core,
    Object(&[Kind::HorizontalPodAutoscaler], run),
    remediation: "set `minReplicas` to 2 or more",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::HorizontalPodAutoscaler(scaler) = &object.body else { return Verdict::NotApplicable };
    let least = scaler.min_replicas.unwrap_or(1);
    if least >= 2 {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec/minReplicas", least.to_string(), "at least 2");
    Verdict::fail("autoscaler does not keep two replicas", [evidence])
}
