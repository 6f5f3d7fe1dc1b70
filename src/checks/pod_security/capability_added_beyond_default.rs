use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Capabilities, Workload},
};

check! {
    /// Containers add no capability that runtimes do not grant by default.
    ///
    /// ## Why
    ///
    /// The default set is what ordinary programs get by with. Each capability beyond it takes away
    /// a wall between the container and its node, or between the container and its neighbours.
    ///
    /// ## Fix
    ///
    /// Remove the capability. These may be added, for example after dropping all: `AUDIT_WRITE`,
    /// `CHOWN`, `DAC_OVERRIDE`, `FOWNER`, `FSETID`, `KILL`, `MKNOD`, `NET_BIND_SERVICE`, `SETFCAP`,
    /// `SETGID`, `SETPCAP`, `SETUID`, `SYS_CHROOT`.
    ///
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    ///     add: [CHOWN]
    /// ```
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `capabilities_baseline` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.9
    "capability-added-beyond-default", PodSecurity, Medium, Core, Workload(run),
    remediation: "remove the capability from `capabilities.add`",
    rule: Rule::containers("container.?securityContext.?capabilities.?add.orValue([]).exists(name, \
        !(name in variables.params.known))")
        .with(|_| serde_json::json!({ "known": Capabilities::BASELINE })),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().flat_map(|place| {
        place.container.added_beyond(&Capabilities::BASELINE).map(move |(index, name)| {
            let field = format!("securityContext/capabilities/add/{index}");
            Evidence::in_container(&place, &field, name.to_owned(), "one of the default set")
        })
    });
    Verdict::of_containers(
        evidence,
        "adds capabilities beyond the default set",
        "add capabilities beyond the default set",
    )
}
