use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers have a liveness probe.
    ///
    /// ## Why
    ///
    /// The kubelet restarts a process that exits, not one that hangs: without a liveness probe a
    /// deadlock lasts until somebody notices.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// livenessProbe:
    ///   httpGet: {path: /livez, port: 8080}     # says that the process itself still works
    ///   periodSeconds: 10
    /// ```
    ///
    /// Regular containers and sidecars are judged one by one. What runs to an end is not judged: a
    /// Job, a CronJob, a Pod whose `restartPolicy` is `Never` or `OnFailure`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>
    /// - Polaris `livenessProbeMissing`
    "liveness-probe-missing", Reliability, Low, Core, Workload(run),
    remediation: "add a `livenessProbe`",
    rule: Rule::running("!has(container.livenessProbe)")
        .when("!variables.isBatch"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_batch() {
        return Verdict::NotApplicable;
    }
    let bare =
        workload.running_containers().filter(|place| place.container.liveness_probe.is_none());
    let evidence =
        bare.map(|place| Evidence::in_container(&place, "livenessProbe", "none", "a probe"));
    Verdict::of_containers(evidence, "has no liveness probe", "have no liveness probe")
}
