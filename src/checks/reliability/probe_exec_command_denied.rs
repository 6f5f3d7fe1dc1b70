use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Exec, Workload},
};

/// Which commands are denied.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Names of programs, without a path.
    commands: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { commands: ["jcmd", "ps", "ls"].map(str::to_owned).into() }
    }
}

check! {
    /// Liveness probes run no command that says little and costs much.
    ///
    /// ## Why
    ///
    /// `ps` and `ls` succeed as long as the container has a file system, whether the application
    /// works or not. `jcmd` attaches to the virtual machine, and makes it stop, every few seconds.
    /// Each run is a process more, in the container's own limits.
    ///
    /// ## Fix
    ///
    /// Ask the application itself:
    ///
    /// ```yaml
    /// livenessProbe:
    ///   httpGet: {path: /livez, port: http}
    /// ```
    ///
    /// Found are `livenessProbe.exec` commands that are a denied program, and shell scripts that
    /// name one. A policy can deny others:
    ///
    /// ```yaml
    /// settings:
    ///   - check: probe-exec-command-denied
    ///     parameters: {commands: [jcmd, ps, ls, curl]}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/probes/>
    /// - Kyverno `deny-commands-in-exec-probe`
    "probe-exec-command-denied", Reliability, Low, Standard, Workload(run),
    parameters: Parameters,
    remediation: "probe with `httpGet`, `tcpSocket` or `grpc`, or with a program of the application",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { commands } = context.parameters();
    let evidence = workload.running_containers().filter_map(|place| {
        let exec = place.container.liveness_probe.as_ref()?.exec.as_ref()?;
        let denied = programs(exec).find(|program| commands.iter().any(|one| one == program))?;
        let (field, found) = ("livenessProbe/exec/command", format!("`{denied}`"));
        Some(Evidence::in_container(&place, field, found, "a probe of the application"))
    });
    Verdict::of_containers(
        evidence,
        "has a liveness probe that runs a denied command",
        "have liveness probes that run denied commands",
    )
}

/// The program that is run; where that is a shell, every word of its script.
fn programs(exec: &Exec) -> impl Iterator<Item = &str> {
    let first = exec.command.first().map(|program| name(program));
    let is_shell =
        matches!(first, Some("sh" | "bash" | "ash" | "dash" | "ksh" | "zsh" | "busybox"));
    let scripts = exec.command.iter().skip(1).filter(move |_| is_shell);
    let ends_word = |c: char| c.is_whitespace() || "|&;()<>{}`$\"'!".contains(c);
    first.into_iter().chain(scripts.flat_map(move |script| script.split(ends_word)).map(name))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
