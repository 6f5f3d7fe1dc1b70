use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Cluster, Facts, Found, Kind, Named, ScaleTarget},
};

check! {
    /// Vertical autoscalers have a target, and it to themselves.
    ///
    /// ## Why
    ///
    /// A VerticalPodAutoscaler without target recommends nothing. Two with the same one recommend
    /// different things, and which is followed is left to chance.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
    /// ```
    ///
    /// Found are a `targetRef` that is absent, or whose object does not exist in the namespace or has
    /// no pods, and those that name the same object as another VerticalPodAutoscaler. What targets are
    /// there of kinds that checks do not know is unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale/>
    /// - Kyverno `verify-vpa-target`, `prevent-duplicate-vpa`
    "vpa-target-dangling", Reliability, Low, Standard,
    Related(Lookup {
        kinds: &[Kind::VerticalPodAutoscaler],
        reads: &[
            Kind::VerticalPodAutoscaler,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
            Kind::ReplicaSet,
            Kind::ReplicationController,
            Kind::CronJob,
            Kind::Job,
        ],
        run,
    }),
    remediation: "name one workload in `targetRef`, and keep one VerticalPodAutoscaler for it",
}

/// What makes pods, of the kinds that are known.
const TARGETS: &[Kind] = &[
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::CronJob,
    Kind::Job,
];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::VerticalPodAutoscaler(_)) = facts.whole_body() else {
        return Verdict::NotApplicable;
    };
    let Some(target) = facts.scale_target() else {
        let evidence = Evidence::at("/spec/targetRef", "none", "a workload");
        return Verdict::fail("there is no target", [evidence]);
    };
    let name = format!("{} `{}`", target.kind, target.name);
    let others = others(facts, cluster, target);
    let message = match cluster.scaled(&facts.key.namespace, target, TARGETS) {
        _ if !others.is_empty() => {
            format!("target {name} is also the target of {}", enumerate(&others))
        }
        Found::Here => return Verdict::Pass,
        Found::Unknown(reason) => return Verdict::Unknown(reason.into()),
        Found::Nowhere => format!("target {name} does not exist"),
        Found::Unfit => format!("target {name} has no pods"),
        Found::NoSuchKind => format!("`{}` has no kind `{}`", target.version(), target.kind),
    };
    Verdict::fail(message, [Evidence::at("/spec/targetRef", name, "a workload of its own")])
}

/// The names of other vertical autoscalers with the same target.
fn others<'a>(facts: &'a Facts, cluster: &'a Cluster, target: &'a ScaleTarget) -> Vec<&'a str> {
    let target = Named::target(&facts.key.namespace, target);
    let found = cluster.naming(Kind::VerticalPodAutoscaler, target);
    found.filter(|other| other.key != facts.key).map(|other| &*other.key.name).collect()
}
