use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::Workload,
};

check! {
    /// Pods set only safe kernel parameters.
    ///
    /// ## Why
    ///
    /// A parameter that is not kept apart for each pod, or not paid for by its memory limit, can
    /// slow down or stop other pods of the node.
    ///
    /// ## Fix
    ///
    /// Set only safe parameters, for example:
    ///
    /// ```yaml
    /// spec:
    ///   securityContext:
    ///     sysctls:
    ///       - {name: net.ipv4.ip_unprivileged_port_start, value: "0"}
    /// ```
    ///
    /// Safe are `kernel.shm_rmid_forced` and, under `net.ipv4`, `ip_local_port_range`,
    /// `tcp_syncookies`, `ping_group_range` and `ip_unprivileged_port_start`; from Kubernetes 1.27
    /// `ip_local_reserved_ports`; from 1.29 `tcp_keepalive_time`, `tcp_fin_timeout`,
    /// `tcp_keepalive_intvl` and `tcp_keepalive_probes`; from 1.32 `tcp_rmem` and `tcp_wmem`; from
    /// 1.37 `tcp_slow_start_after_idle` and `tcp_notsent_lowat`.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `sysctls` (1.0 and later; longer lists since
    ///   1.27, 1.29, 1.32 and 1.37)
    /// - <https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/>
    "sysctl-unsafe", PodSecurity, Medium, Core, Workload(run),
    remediation: "remove the sysctl, or set it on the nodes that need it",
    rule: Rule::object("variables.podSecurity.?sysctls.orValue([]).exists(sysctl, !(sysctl.name in \
        ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', \
        'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', \
        'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', \
        'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', \
        'net.ipv4.tcp_keepalive_probes']) && !(variables.minor >= 32 && sysctl.name in \
        ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']) && !(variables.minor >= 37 && sysctl.name \
        in ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']))"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let sysctls = workload.sysctls().enumerate();
    let (names, evidence): (Vec<&str>, Vec<_>) = sysctls
        .filter(|(_, sysctl)| sysctl.safe_since() > context.kubernetes_minor)
        .map(|(index, sysctl)| {
            let place = workload.pod_path(&format!("securityContext/sysctls/{index}/name"));
            (&*sysctl.name, Evidence::at(place, sysctl.name.to_string(), "a safe sysctl"))
        })
        .unzip();
    Verdict::unless_empty(evidence, |_| format!("pods set unsafe sysctls: {}", enumerate(&names)))
}
