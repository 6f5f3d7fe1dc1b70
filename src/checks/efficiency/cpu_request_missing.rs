use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers request CPU.
    ///
    /// ## Why
    ///
    /// The scheduler counts requests, not usage: containers without one are packed onto full nodes,
    /// get the smallest share of CPU there, and cannot be autoscaled by utilisation.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// resources:
    ///   requests: {cpu: 100m, memory: 128Mi}
    /// ```
    ///
    /// Regular containers and sidecars are judged. A limit counts as a request, as the API server
    /// copies it into pods; so do the resources of the whole pod (`spec.resources`). Zero is none.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - Polaris `cpuRequestsMissing`
    "cpu-request-missing", Efficiency, Low, Core, Workload(run),
    remediation: "set `resources.requests.cpu`",
    rule: Rule::running("[variables.pod, container].all(it, \
        quantity(it.?resources.?requests[?'cpu'].or(it.?resources.?limits[?'cpu']).orValue('0')).compareTo(quantity('0')) \
        == 0)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload
        .containers_without_request("cpu")
        .map(|place| Evidence::in_container(&place, "resources/requests/cpu", "none", "a request"));
    Verdict::of_containers(evidence, "has no CPU request", "have no CPU request")
}
