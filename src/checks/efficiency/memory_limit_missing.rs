use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers have a memory limit.
    ///
    /// ## Why
    ///
    /// A leak in a container without limit eats the memory of the whole node: the kernel kills other
    /// pods, and the kubelet evicts them.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// resources:
    ///   limits: {memory: 256Mi}
    /// ```
    ///
    /// Regular containers and sidecars are judged. The limits of the whole pod (`spec.resources`)
    /// count. Zero is none.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - Polaris `memoryLimitsMissing`
    "memory-limit-missing", Efficiency, Medium, Core, Workload(run),
    remediation: "set `resources.limits.memory`",
    rule: Rule::running("[variables.pod, container].all(it, \
        quantity(it.?resources.?limits[?'memory'].orValue('0')).compareTo(quantity('0')) == 0)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload
        .containers_without_limit("memory")
        .map(|place| Evidence::in_container(&place, "resources/limits/memory", "none", "a limit"));
    Verdict::of_containers(evidence, "has no memory limit", "have no memory limit")
}
