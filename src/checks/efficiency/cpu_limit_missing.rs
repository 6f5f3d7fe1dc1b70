use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers have a CPU limit.
    ///
    /// ## Why
    ///
    /// A container without limit takes all CPU that its node has to spare, and with it the
    /// predictable speed of its neighbours.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// resources:
    ///   limits: {cpu: 500m, memory: 256Mi}
    /// ```
    ///
    /// Regular containers and sidecars are judged. The limits of the whole pod (`spec.resources`)
    /// count. Zero is none. Whether to limit CPU at all is disputed, since a limit also slows down
    /// where CPU is idle: exclude this check if you decide against it.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - Polaris `cpuLimitsMissing`
    "cpu-limit-missing", Efficiency, Low, Core, Workload(run),
    remediation: "set `resources.limits.cpu`, or exclude this check",
    rule: Rule::running("[variables.pod, container].all(it, \
        quantity(it.?resources.?limits[?'cpu'].orValue('0')).compareTo(quantity('0')) == 0)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload
        .containers_without_limit("cpu")
        .map(|place| Evidence::in_container(&place, "resources/limits/cpu", "none", "a limit"));
    Verdict::of_containers(evidence, "has no CPU limit", "have no CPU limit")
}
