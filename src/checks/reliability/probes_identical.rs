use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Container, Probe, Workload},
};

check! {
    /// Liveness and readiness probes are not the same.
    ///
    /// ## Why
    ///
    /// A pod that is busy fails its readiness probe, and gets no more requests until it has caught
    /// up. Where the liveness probe asks the same, the pod is restarted at that very moment: what it
    /// was busy with is lost, and the others get its load and follow.
    ///
    /// ## Fix
    ///
    /// Ask for something else, or be more patient before a restart:
    ///
    /// ```yaml
    /// readinessProbe:
    ///   httpGet: {path: /readyz, port: http}
    ///   periodSeconds: 5
    /// livenessProbe:
    ///   httpGet: {path: /livez, port: http}     # or the same path, and a higher failureThreshold
    ///   periodSeconds: 10
    /// ```
    ///
    /// Found are containers whose two probes send the same request to the same port, or run the same
    /// command, and whose liveness probe gives up no later (`periodSeconds` times
    /// `failureThreshold`). The same request with more patience is what Kubernetes recommends.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/probes/>
    /// - kube-score `pod-probes-identical`
    "probes-identical", Reliability, Medium, Standard, Workload(run),
    remediation: "let the liveness probe ask something else, or raise its `failureThreshold`",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let same = workload.running_containers().filter(|place| is_same(place.container));
    let evidence = same.map(|place| {
        Evidence::in_container(&place, "livenessProbe", "as the readiness probe", "more patience")
    });
    Verdict::of_containers(
        evidence,
        "has a liveness probe that is its readiness probe",
        "have liveness probes that are their readiness probes",
    )
}

fn is_same(container: &Container) -> bool {
    let (Some(live), Some(ready)) = (&container.liveness_probe, &container.readiness_probe) else {
        return false;
    };
    let patience =
        |probe: &Probe| i64::from(probe.period_seconds) * i64::from(probe.failure_threshold);
    patience(live) <= patience(ready) && container.asks_the_same(live, ready)
}
