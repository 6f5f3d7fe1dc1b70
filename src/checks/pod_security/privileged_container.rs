use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers do not run privileged.
    ///
    /// ## Why
    ///
    /// A privileged container has every capability and every device of its node: whoever takes it
    /// over is root there, and reaches every other pod of that node.
    ///
    /// ## Fix
    ///
    /// Remove `privileged`, and add only the capability or mount the device that the process needs.
    ///
    /// ```yaml
    /// securityContext:
    ///   privileged: false
    /// ```
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `privileged` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.2
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    "privileged-container", PodSecurity, Critical, Core, Workload(run),
    remediation: "remove `privileged`; add only the capability or device that is needed",
    fixes: &[Fix::set("securityContext/privileged", "false")],
    rule: Rule::containers("container.?securityContext.?privileged.orValue(false)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let privileged = workload.all_containers().filter(|place| place.container.is_privileged());
    let evidence = privileged.map(|place| {
        Evidence::in_container(&place, "securityContext/privileged", "true", "not true")
    });
    Verdict::of_containers(evidence, "is privileged", "are privileged")
}
