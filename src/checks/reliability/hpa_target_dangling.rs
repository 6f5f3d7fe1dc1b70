use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Found, Kind},
};

check! {
    /// Autoscalers scale something that exists.
    ///
    /// ## Why
    ///
    /// An autoscaler without target does nothing, and nobody is told: the workload that was renamed,
    /// or whose API group was mistyped, stays as large as it was.
    ///
    /// ## Fix
    ///
    /// Let group, kind and name be those of the workload, in the same namespace:
    ///
    /// ```yaml
    /// spec:
    ///   scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    /// ```
    ///
    /// Found are HorizontalPodAutoscalers and ScaledObjects whose target does not exist, or is of a
    /// kind that has no replicas, such as a DaemonSet. The version does not matter, the group does:
    /// without `apiVersion` there is no Deployment. What targets are there of kinds that checks do not
    /// know is unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>
    /// - KubeLinter `dangling-horizontalpodautoscaler`, Popeye `POP-600`
    "hpa-target-dangling", Reliability, Medium, Core,
    Related(Lookup {
        kinds: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject],
        reads: &[
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::ReplicaSet,
            Kind::ReplicationController,
        ],
        run,
    }),
    remediation: "name the workload in `scaleTargetRef`, with its API group, or delete the autoscaler",
}

/// What has replicas that can be set, of the kinds that are known.
const SCALABLE: &[Kind] =
    &[Kind::Deployment, Kind::StatefulSet, Kind::ReplicaSet, Kind::ReplicationController];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(target) = facts.scale_target().filter(|_| !facts.is_made_by_scaled_object()) else {
        return Verdict::NotApplicable;
    };
    let name = format!("{} `{}`", target.kind, target.name);
    let message = match cluster.scaled(&facts.key.namespace, target, SCALABLE) {
        Found::Here => return Verdict::Pass,
        Found::Unknown(reason) => return Verdict::Unknown(reason.into()),
        Found::Nowhere => format!("target {name} does not exist"),
        Found::Unfit => format!("target {name} has no replicas to set"),
        Found::NoSuchKind => format!("`{}` has no kind `{}`", target.version(), target.kind),
    };
    Verdict::fail(message, [Evidence::at("/spec/scaleTargetRef", name, "a workload that exists")])
}
