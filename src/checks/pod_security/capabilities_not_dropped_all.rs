use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers drop all capabilities.
    ///
    /// ## Why
    ///
    /// Runtimes grant more than a dozen capabilities unasked, among them to make device files and to
    /// send forged packets. A process that runs as root in its container keeps them all.
    ///
    /// ## Fix
    ///
    /// Drop them in each container, and add back what it needs:
    ///
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    /// ```
    ///
    /// Pods with `os.name: windows` are not judged: Windows has no capabilities.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.2.9
    /// - Pod Security Standards, restricted: see `capabilities-restricted-profile`
    /// - Polaris `insecureCapabilities`
    "capabilities-not-dropped-all", PodSecurity, Medium, Core, Workload(run),
    remediation: "set `capabilities.drop: [ALL]` on every container",
    fixes: &[Fix::include("securityContext/capabilities/drop", "ALL")],
    rule: Rule::containers("!container.?securityContext.?capabilities.?drop.orValue([]).exists(name, \
        name.upperAscii() == 'ALL')")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let dropped = place.container.dropped_capabilities();
        if dropped.iter().any(|name| name.eq_ignore_ascii_case("ALL")) {
            return None;
        }
        let found = if dropped.is_empty() { "absent".into() } else { dropped.join(", ") };
        let field = "securityContext/capabilities/drop";
        Some(Evidence::in_container(&place, field, found, "ALL"))
    });
    Verdict::of_containers(
        evidence,
        "does not drop all capabilities",
        "do not drop all capabilities",
    )
}
