use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers are not started with `sudo`.
    ///
    /// ## Why
    ///
    /// A container that runs `sudo` can become root whenever it likes, and has to be allowed to:
    /// `allowPrivilegeEscalation: false` makes it fail.
    ///
    /// ## Fix
    ///
    /// Start the process as the user that it needs:
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     command: [/app/server]
    ///     securityContext:
    ///       runAsUser: 10001
    /// ```
    ///
    /// Found are entries of `command` and `args` that are `sudo` or start with it, also after a
    /// `;`, `&`, `|`, `(` or the end of a line in a script, and with a path before the name.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/>
    /// - Kubescape C-0062
    "sudo-in-entrypoint", PodSecurity, Medium, Standard, Workload(run),
    remediation: "remove `sudo`; set `runAsUser` to the user that the process needs",
    rule: Rule::containers("(container.?command.orValue([]) + \
        container.?args.orValue([])).exists(text, \
        text.matches('(^|[;&|(`\\\\n])\\\\s*([^;&|(`\\\\s]*/)?sudo($|[;&|(`\\\\s])'))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().flat_map(|place| {
        let lists = [("command", &place.container.command), ("args", &place.container.args)];
        lists.into_iter().flat_map(move |(field, words)| {
            let with_sudo = words.iter().enumerate().filter(|(_, word)| runs_sudo(word));
            with_sudo.map(move |(index, _)| {
                Evidence::in_container(&place, &format!("{field}/{index}"), "sudo", "absent")
            })
        })
    });
    Verdict::of_containers(evidence, "is started with `sudo`", "are started with `sudo`")
}

fn runs_sudo(text: &str) -> bool {
    let commands = text.split([';', '&', '|', '(', '`', '\n']);
    let mut programs = commands.filter_map(|command| command.split_whitespace().next());
    programs.any(|program| program.rsplit('/').next() == Some("sudo"))
}
