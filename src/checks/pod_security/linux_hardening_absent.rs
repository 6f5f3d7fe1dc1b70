use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Capabilities, Container, SeLinuxOptions, SeccompProfile, Security, Workload},
};

check! {
    /// Containers use at least one of the Linux kernel's means of confinement.
    ///
    /// ## Why
    ///
    /// Seccomp, AppArmor, SELinux and capabilities each take away a part of what a process may ask
    /// of the kernel. A container that uses none of them relies on the kernel having no bug.
    ///
    /// ## Fix
    ///
    /// The first and the last suit nearly every container:
    ///
    /// ```yaml
    /// securityContext:
    ///   seccompProfile:
    ///     type: RuntimeDefault
    ///   capabilities:
    ///     drop: [ALL]
    /// ```
    ///
    /// Enough is a seccomp profile or an AppArmor profile that confines, any `seLinuxOptions`, of the
    /// container or of the pod, or a capability that the container drops while it does not add `ALL`.
    /// Off by default: other checks ask for each of them. Pods with `os.name: windows` are not
    /// judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/linux-kernel-security-constraints/>
    /// - NSA/CISA Kubernetes Hardening Guide, hardening application environments
    /// - Polaris `linuxHardening`, Kubescape C-0055
    "linux-hardening-absent", PodSecurity, Low, Optional, Workload(run),
    remediation: "set `seccompProfile.type: RuntimeDefault` and `capabilities.drop: [ALL]`",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let pod = workload.pod_security();
    let places = workload.all_containers().zip(workload.container_securities());
    let evidence = places
        .filter(|(place, container)| {
            !gives_up_capabilities(place.container)
                && !is_confined(container, &pod)
                && workload.is_confined_by_app_armor(container) != Some(true)
        })
        .map(|(place, _)| {
            Evidence::in_container(&place, "securityContext", "no confinement", "seccompProfile")
        });
    Verdict::of_containers(evidence, "is not hardened at all", "are not hardened at all")
}

fn gives_up_capabilities(container: &Container) -> bool {
    let adds_all =
        container.added_capabilities().iter().any(|name| Capabilities::are_same(name, "ALL"));
    !container.dropped_capabilities().is_empty() && !adds_all
}

fn is_confined(container: &Security<'_>, pod: &Security<'_>) -> bool {
    let (seccomp, _) =
        container.in_force(pod, |security| security.seccomp_profile.map(SeccompProfile::confines));
    let (se_linux, _) = container.in_force(pod, |security| {
        security.se_linux_options.map(|options| *options != SeLinuxOptions::default())
    });
    seccomp == Some(true) || se_linux == Some(true)
}
