use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{SeccompProfile, Workload},
};

check! {
    /// No seccomp profile lets every system call through.
    ///
    /// ## Why
    ///
    /// A seccomp profile keeps a container from the rarely used system calls in which most flaws of
    /// the kernel are found. `Unconfined` opens them all.
    ///
    /// ## Fix
    ///
    /// Use the profile of the runtime, or one of your own on the nodes:
    ///
    /// ```yaml
    /// securityContext:
    ///   seccompProfile:
    ///     type: RuntimeDefault
    /// ```
    ///
    /// Where no profile is set this check passes: see `seccomp-profile-missing`. Before Kubernetes
    /// 1.19 the annotations `seccomp.security.alpha.kubernetes.io/pod` and
    /// `container.seccomp.security.alpha.kubernetes.io/<container>` are read instead.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `seccompProfile_baseline` (1.0 and later; fields
    ///   in place of annotations since 1.19)
    /// - <https://kubernetes.io/docs/tutorials/security/seccomp/>
    "seccomp-unconfined", PodSecurity, Medium, Core, Workload(run),
    remediation: "set `seccompProfile.type: RuntimeDefault`",
    fixes: &[Fix::set("securityContext/seccompProfile/type", "RuntimeDefault")],
    rule: Rule::containers("container.?securityContext.?seccompProfile.optMap(profile, !(profile.type \
        in ['RuntimeDefault', 'Localhost'])).orValue(false)")
        .or_object("variables.podSecurity.?seccompProfile.optMap(profile, !(profile.type in \
        ['RuntimeDefault', 'Localhost'])).orValue(false)"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let by_field = context.kubernetes_minor >= SeccompProfile::SINCE;
    let unconfined = workload.securities().filter(|it| by_field && it.is_seccomp_unconfined());
    let fields = unconfined.filter_map(|security| {
        let found = security.seccomp_profile?.kind.to_string();
        Some(Evidence::in_security(&security, "seccompProfile/type", found, "RuntimeDefault"))
    });
    let annotations = workload.unconfining_seccomp_annotations().filter(|_| !by_field);
    let annotations = annotations.map(|(container, key, value)| Evidence {
        container: container.into(),
        ..Evidence::at(workload.pod_annotation_path(key), value.to_owned(), "runtime/default")
    });
    Verdict::of_containers(
        fields.chain(annotations),
        "has no seccomp confinement",
        "have no seccomp confinement",
    )
}
