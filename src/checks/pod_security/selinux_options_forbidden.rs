use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{SeLinuxOptions, Workload},
};

check! {
    /// SELinux options keep containers in the domains of containers.
    ///
    /// ## Why
    ///
    /// Another type, user or role takes the process out of the domain that walls it off from the
    /// files and processes of the node: `spc_t`, for one, is not confined at all.
    ///
    /// ## Fix
    ///
    /// Leave `user` and `role` out, and `type` too unless one of the container types is needed:
    ///
    /// ```yaml
    /// securityContext:
    ///   seLinuxOptions:
    ///     type: container_t
    ///     level: s0:c123,c456
    /// ```
    ///
    /// Allowed are `container_t`, `container_init_t`, `container_kvm_t` and, from Kubernetes 1.31,
    /// `container_engine_t`.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `seLinuxOptions` (1.0 and later;
    ///   `container_engine_t` since 1.31)
    /// - NSA/CISA Kubernetes Hardening Guide, SELinux
    "selinux-options-forbidden", PodSecurity, Medium, Core, Workload(run),
    remediation: "remove `user`, `role` and `type` from `seLinuxOptions`",
    rule: Rule::containers("container.?securityContext.?seLinuxOptions.optMap(options, \
        !(options.?type.orValue('') in ['', 'container_t', 'container_init_t', \
        'container_kvm_t'] || options.?type.orValue('') == 'container_engine_t' && \
        variables.minor >= 31) || options.?user.orValue('') != '' || options.?role.orValue('') \
        != '').orValue(false)")
        .or_object("variables.podSecurity.?seLinuxOptions.optMap(options, !(options.?type.orValue('') \
        in ['', 'container_t', 'container_init_t', 'container_kvm_t'] || \
        options.?type.orValue('') == 'container_engine_t' && variables.minor >= 31) || \
        options.?user.orValue('') != '' || options.?role.orValue('') != '').orValue(false)"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let minor = context.kubernetes_minor;
    let evidence = workload.securities().flat_map(|security| {
        let options = security.se_linux_options.into_iter().flat_map(SeLinuxOptions::forbidden);
        let forbidden = options.filter(move |(_, _, allowed_since)| minor < *allowed_since);
        forbidden.map(move |(field, found, _)| {
            let wanted = if field == "type" { "container_t" } else { "absent" };
            let field = format!("seLinuxOptions/{field}");
            Evidence::in_security(&security, &field, found.to_owned(), wanted)
        })
    });
    Verdict::of_containers(
        evidence,
        "sets forbidden SELinux options",
        "set forbidden SELinux options",
    )
}
