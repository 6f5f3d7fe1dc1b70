use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, Named},
};

check! {
    /// A workload has one autoscaler.
    ///
    /// ## Why
    ///
    /// Two autoscalers of one workload undo each other's work: one scales up, the other down, and pods
    /// come and go.
    ///
    /// ## Fix
    ///
    /// Keep one, with all metrics. It takes the largest number that one of them asks for:
    ///
    /// ```yaml
    /// spec:
    ///   scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    ///   metrics:
    ///     - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
    ///     - {type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 80}}}
    /// ```
    ///
    /// Found are HorizontalPodAutoscalers and ScaledObjects that name the target of another one. The
    /// HorizontalPodAutoscaler that KEDA makes of a ScaledObject does not count.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#support-for-multiple-metrics>
    /// - Kyverno `prevent-duplicate-hpa`
    "hpa-duplicate-target", Reliability, Medium, Standard,
    Related(Lookup {
        kinds: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject],
        reads: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject],
        run,
    }),
    remediation: "keep one autoscaler for the workload, with the metrics of both",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(target) = facts.scale_target().filter(|_| !facts.is_made_by_scaled_object()) else {
        return Verdict::NotApplicable;
    };
    let others = cluster.autoscalers_of(Named::target(&facts.key.namespace, target));
    let Some(other) = others.filter(|other| other.key != facts.key).map(|other| &other.key).min()
    else {
        return Verdict::Pass;
    };
    let found = format!("{} `{}`", target.kind, target.name);
    let message = format!("target {found} is also scaled by {} `{}`", other.kind, other.name);
    Verdict::fail(message, [Evidence::at("/spec/scaleTargetRef", found, "one autoscaler")])
}
