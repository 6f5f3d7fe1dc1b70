use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Bounds, Kind, Object as ClusterObject},
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
    /// Of a ScaledObject of KEDA, `minReplicaCount` and `maxReplicaCount` are judged, which are 0 and
    /// 100 by default.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>
    /// - Polaris `hpaMaxAvailability`
    "hpa-cannot-scale", Reliability, Low, Core,
    Object(&[Kind::HorizontalPodAutoscaler, Kind::ScaledObject], run),
    remediation: "raise `maxReplicas` above `minReplicas`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Some(bounds) = object.body.bounds() else { return Verdict::NotApplicable };
    let Bounds { least, most, most_path, .. } = bounds;
    if most > least {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(most_path, most.to_string(), format!("more than {least}"));
    Verdict::fail(format!("autoscaler has no room between {least} and {most} replicas"), [evidence])
}
