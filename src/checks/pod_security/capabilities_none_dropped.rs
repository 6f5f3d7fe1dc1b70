use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers drop at least one capability.
    ///
    /// ## Why
    ///
    /// A container that drops nothing has never been thought about: it keeps more than a dozen
    /// capabilities that its runtime grants unasked.
    ///
    /// ## Fix
    ///
    /// Drop all, and add back what it needs:
    ///
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    /// ```
    ///
    /// Off by default: `capabilities-not-dropped-all` asks for more. Pods with `os.name: windows`
    /// are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    /// - Kubesec `CapDropAny`, Trivy KSV-0004
    "capabilities-none-dropped", PodSecurity, Info, Optional, Workload(run),
    remediation: "set `capabilities.drop: [ALL]` on every container",
    fixes: &[Fix::include("securityContext/capabilities/drop", "ALL")],
    rule: Rule::containers("container.?securityContext.?capabilities.?drop.orValue([]).size() == 0")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let keeping =
        workload.all_containers().filter(|place| place.container.dropped_capabilities().is_empty());
    let field = "securityContext/capabilities/drop";
    let evidence = keeping.map(|place| Evidence::in_container(&place, field, "absent", "ALL"));
    Verdict::of_containers(evidence, "drops no capability", "drop no capability")
}
