use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods are not of the class `BestEffort`.
    ///
    /// ## Why
    ///
    /// A pod in which no container requests or limits CPU or memory is scheduled blindly, gets what
    /// is left over, and is the first to be evicted when its node runs short.
    ///
    /// ## Fix
    ///
    /// One request is enough to leave the class; give every container its own:
    ///
    /// ```yaml
    /// resources:
    ///   requests: {cpu: 100m, memory: 128Mi}
    /// ```
    ///
    /// All containers count but ephemeral ones, and so do the requests and limits of the whole pod
    /// (`spec.resources`). Zero is none.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/>
    /// - Popeye `POP-106`, Kyverno `require-qos-burstable`
    "qos-best-effort", Efficiency, Medium, Standard, Workload(run),
    remediation: "set `resources.requests` of CPU and memory",
    rule: Rule::object("variables.pod.?containers.orValue([]).size() > 0 && \
        (variables.pod.containers + variables.pod.?initContainers.orValue([]) + \
        [variables.pod]).all(it, ['cpu', 'memory'].all(name, \
        quantity(it.?resources.?requests[?name].or(it.?resources.?limits[?name]).orValue('0')).compareTo(quantity('0')) \
        == 0))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let pod = workload.pod();
    let containers = pod.containers.iter().chain(&pod.init_containers);
    let mut resources = containers.map(|container| &container.resources).chain([&pod.resources]);
    let has_any = resources.any(|resources| {
        let resources = resources.as_ref();
        resources.is_some_and(|resources| {
            ["cpu", "memory"].iter().any(|name| resources.has_request(name))
        })
    });
    if has_any || pod.containers.is_empty() {
        return Verdict::Pass;
    }
    let path = format!("{}/containers", workload.spec_path());
    let evidence = Evidence::at(path, "neither requests nor limits", "a request");
    Verdict::fail(
        "pod is of the class `BestEffort`: no container requests CPU or memory",
        [evidence],
    )
}
