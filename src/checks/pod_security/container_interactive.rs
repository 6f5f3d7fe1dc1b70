use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers have neither an open input nor a terminal.
    ///
    /// ## Why
    ///
    /// `stdin` and `tty` are for people at a keyboard. A process that waits for one reads what
    /// anybody with `kubectl attach` types, past the log of what is run in the container.
    ///
    /// ## Fix
    ///
    /// Leave both out, and run a shell beside the process when one is needed:
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     stdin: false
    ///     tty: false
    /// ```
    ///
    /// Found are containers of all three lists that set either to `true`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/>
    /// - Gatekeeper `disallowinteractive`
    "container-interactive", PodSecurity, Low, Standard, Workload(run),
    remediation: "remove `stdin` and `tty`",
    fixes: &[Fix::set("stdin", "false"), Fix::set("tty", "false")],
    rule: Rule::containers("container.?stdin.orValue(false) || container.?tty.orValue(false)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().flat_map(|place| {
        let fields = [("stdin", place.container.stdin), ("tty", place.container.tty)];
        let set = fields.into_iter().filter(|(_, value)| *value == Some(true));
        set.map(move |(field, _)| Evidence::in_container(&place, field, "true", "not true"))
    });
    Verdict::of_containers(evidence, "is interactive", "are interactive")
}
