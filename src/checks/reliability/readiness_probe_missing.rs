use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers have a readiness probe.
    ///
    /// ## Why
    ///
    /// Without a readiness probe a pod receives requests as soon as its process starts, and keeps
    /// receiving them when it cannot answer; a rollout takes broken pods for good ones.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// readinessProbe:
    ///   httpGet: {path: /readyz, port: 8080}    # says that requests can be answered now
    ///   periodSeconds: 5
    /// ```
    ///
    /// Regular containers and sidecars are judged one by one. What runs to an end is not judged: a
    /// Job, a CronJob, a Pod whose `restartPolicy` is `Never` or `OnFailure`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>
    /// - Polaris `readinessProbeMissing`
    "readiness-probe-missing", Reliability, Medium, Core, Workload(run),
    remediation: "add a `readinessProbe`",
    rule: Rule::running("!has(container.readinessProbe)")
        .when("!variables.isBatch"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_batch() {
        return Verdict::NotApplicable;
    }
    let bare =
        workload.running_containers().filter(|place| place.container.readiness_probe.is_none());
    let evidence =
        bare.map(|place| Evidence::in_container(&place, "readinessProbe", "none", "a probe"));
    Verdict::of_containers(evidence, "has no readiness probe", "have no readiness probe")
}
