use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{Security, Workload},
};

check! {
    /// Windows containers do not run as processes of their node.
    ///
    /// ## Why
    ///
    /// A `HostProcess` container is no container: it runs on the Windows node itself, with the
    /// rights of the account that it names, often those of the system.
    ///
    /// ## Fix
    ///
    /// Leave the field out, and `hostNetwork`, which it needs:
    ///
    /// ```yaml
    /// securityContext:
    ///   windowsOptions:
    ///     hostProcess: false
    /// ```
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `windowsHostProcess` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.10
    /// - Polaris `hostProcess`
    "windows-host-process", PodSecurity, High, Core, Workload(run),
    remediation: "remove `windowsOptions.hostProcess`",
    fixes: &[Fix::set("windowsOptions/hostProcess", "false")],
    rule: Rule::containers("container.?securityContext.?windowsOptions.?hostProcess.orValue(false)")
        .or_object("variables.podSecurity.?windowsOptions.?hostProcess.orValue(false)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let on_host = workload.securities().filter(Security::is_host_process);
    let evidence = on_host.map(|security| {
        Evidence::in_security(&security, "windowsOptions/hostProcess", "true", "not true")
    });
    Verdict::of_containers(
        evidence,
        "runs as a process of the Windows node",
        "run as processes of the Windows node",
    )
}
