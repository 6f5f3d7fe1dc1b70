use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{Control, Workload},
};

check! {
    /// Containers have a seccomp profile.
    ///
    /// ## Why
    ///
    /// Without a profile most clusters filter no system calls at all, and every flaw of the node's
    /// kernel is within reach of the container.
    ///
    /// ## Fix
    ///
    /// Set it once for the pod; a container may have one of its own:
    ///
    /// ```yaml
    /// spec:
    ///   securityContext:
    ///     seccompProfile:
    ///       type: RuntimeDefault
    /// ```
    ///
    /// Types other than `RuntimeDefault` and `Localhost` are no profile. Annotations do not count.
    /// Pods with `os.name: windows` are not judged: Windows has no seccomp.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted, control `seccompProfile_restricted` (1.19 and later;
    ///   not for Windows since 1.25)
    /// - CIS Kubernetes Benchmark 1.12, 5.6.2
    /// - NSA/CISA Kubernetes Hardening Guide, seccomp
    "seccomp-profile-missing", PodSecurity, Medium, Core, Workload(run),
    remediation: "set `seccompProfile.type: RuntimeDefault` for the pod",
    fixes: &[Fix { for_pod: true, ..Fix::set("securityContext/seccompProfile/type", "RuntimeDefault") }],
    rule: Rule::containers("!(container.?securityContext.?seccompProfile.or(variables.podSecurity.?seccompProfile).?type.orValue('') \
        in ['RuntimeDefault', 'Localhost'])")
        .or_object("variables.podSecurity.?seccompProfile.optMap(profile, !(profile.type in \
        ['RuntimeDefault', 'Localhost'])).orValue(false)")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if !workload.is_judged_by(Control::SeccompProfileRestricted, context.kubernetes_minor) {
        return Verdict::NotApplicable;
    }
    let evidence = workload.without_seccomp().map(|security| {
        let own = security.seccomp_profile.map(|profile| profile.kind.to_string());
        let found = own.unwrap_or_else(|| "absent".to_owned());
        Evidence::in_security(&security, "seccompProfile/type", found, "RuntimeDefault")
    });
    Verdict::of_containers(evidence, "has no seccomp profile", "have no seccomp profile")
}
