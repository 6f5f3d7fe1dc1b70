use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Autoscalers have room to scale.
    ///
    /// ## Why
    ///
    /// An autoscaler whose maximum is its minimum does nothing, and looks as if load were taken
    /// care of.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   minReplicas: 2
    ///   maxReplicas: 6
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>
    /// - Polaris `hpaMaxAvailability`
    "hpa-cannot-scale", Reliability, Low, Core, Object(&[Kind::HorizontalPodAutoscaler], run),
    remediation: "raise `maxReplicas` above `minReplicas`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::HorizontalPodAutoscaler(scaler) = &object.body else { return Verdict::NotApplicable };
    let (least, most) = (scaler.min_replicas.unwrap_or(1), scaler.max_replicas);
    if most > least {
        return Verdict::Pass;
    }
    let wanted = format!("more than {least}");
    let evidence = Evidence::at("/spec/maxReplicas", most.to_string(), wanted);
    Verdict::fail(format!("autoscaler has no room between {least} and {most} replicas"), [evidence])
}
