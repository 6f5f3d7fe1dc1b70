use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Capabilities, Control, Placed, Workload},
};

check! {
    /// Containers drop all capabilities and add at most `NET_BIND_SERVICE`.
    ///
    /// ## Why
    ///
    /// The restricted Pod Security Standard leaves a container the one capability that is both
    /// harmless and often needed. A namespace that enforces it refuses all other pods.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    ///     add: [NET_BIND_SERVICE]
    /// ```
    ///
    /// `ALL` has to be written in capitals, as the standard does. Pods with `os.name: windows` are
    /// not judged: Windows has no capabilities.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted, control `capabilities_restricted` (1.22 and later; not
    ///   for Windows since 1.25)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.9
    "capabilities-restricted-profile", PodSecurity, Medium, Core, Workload(run),
    remediation: "set `capabilities.drop: [ALL]` and add at most `NET_BIND_SERVICE`",
    rule: Rule::containers("!('ALL' in container.?securityContext.?capabilities.?drop.orValue([])) || \
        container.?securityContext.?capabilities.?add.orValue([]).exists(name, name != \
        'NET_BIND_SERVICE')")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if !workload.is_judged_by(Control::CapabilitiesRestricted, context.kubernetes_minor) {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().flat_map(|place| {
        let mut evidence = added(&place);
        evidence.extend(not_dropped(&place));
        evidence
    });
    Verdict::of_containers(
        evidence,
        "has capabilities that the restricted profile forbids",
        "have capabilities that the restricted profile forbids",
    )
}

fn added(place: &Placed<'_>) -> Vec<Evidence> {
    let added = place.container.added_beyond(&Capabilities::RESTRICTED);
    added
        .map(|(index, name)| {
            let field = format!("securityContext/capabilities/add/{index}");
            Evidence::in_container(place, &field, name.to_owned(), "NET_BIND_SERVICE")
        })
        .collect()
}

fn not_dropped(place: &Placed<'_>) -> Option<Evidence> {
    if place.container.drops_all_capabilities() {
        return None;
    }
    let dropped = place.container.dropped_capabilities();
    let found = if dropped.is_empty() { "absent".into() } else { dropped.join(", ") };
    Some(Evidence::in_container(place, "securityContext/capabilities/drop", found, "ALL"))
}
