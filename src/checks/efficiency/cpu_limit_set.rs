use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers have no CPU limit.
    ///
    /// ## Why
    ///
    /// A limit slows a container down while CPU of its node is idle. With requests that are right,
    /// neighbours get their share without it. Teams that decide so include this check and exclude
    /// `cpu-limit-missing`, which demands the opposite.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// resources:
    ///   requests: {cpu: 250m, memory: 256Mi}
    ///   limits: {memory: 256Mi}      # no cpu
    /// ```
    ///
    /// Found are limits of regular containers, of sidecars, and of the whole pod.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - Kyverno `forbid-cpu-limits`
    "cpu-limit-set", Efficiency, Info, Optional, Workload(run),
    remediation: "remove `resources.limits.cpu` and keep the request",
    rule: Rule::running("container.?resources.?limits.?cpu.hasValue()")
        .or_object("variables.pod.?resources.?limits.?cpu.hasValue()"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let of_pod = workload.pod().resources.as_ref().and_then(|resources| resources.limit("cpu"));
    let of_pod = of_pod.map(|limit| {
        let path = format!("{}/resources/limits/cpu", workload.spec_path());
        Evidence::at(path, limit.to_string(), "no limit")
    });
    let of_containers = workload.running_containers().filter_map(|place| {
        let limit = place.container.resources.as_ref()?.limit("cpu")?;
        Some(Evidence::in_container(&place, "resources/limits/cpu", limit.to_string(), "no limit"))
    });
    Verdict::of_containers(
        of_pod.into_iter().chain(of_containers),
        "has a CPU limit",
        "have CPU limits",
    )
}
