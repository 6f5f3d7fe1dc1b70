use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{SeccompProfile, Security, Workload},
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
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let minor = context.kubernetes_minor;
    if minor < 19 || (minor >= 25 && workload.is_windows()) {
        return Verdict::NotApplicable;
    }
    let pod = workload.pod_security();
    let is_confined = |security: &Security<'_>| {
        let profile = security.seccomp_profile.or(pod.seccomp_profile);
        profile.is_some_and(SeccompProfile::confines)
    };
    let pod_if_set = pod.seccomp_profile.map(|_| pod).into_iter();
    let evidence = pod_if_set
        .chain(workload.container_securities())
        .filter(|security| !is_confined(security))
        .map(|security| {
            let own = security.seccomp_profile.map(|profile| profile.kind.to_string());
            let found = own.unwrap_or_else(|| "absent".to_owned());
            Evidence::in_security(&security, "seccompProfile/type", found, "RuntimeDefault")
        });
    Verdict::of_containers(evidence, "has no seccomp profile", "have no seccomp profile")
}
