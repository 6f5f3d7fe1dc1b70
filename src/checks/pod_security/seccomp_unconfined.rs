use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
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
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if context.kubernetes_minor < 19 {
        return annotations(workload);
    }
    let evidence = workload.securities().filter_map(|security| {
        let profile = security.seccomp_profile.filter(|profile| !profile.confines())?;
        let found = profile.kind.to_string();
        Some(Evidence::in_security(&security, "seccompProfile/type", found, "RuntimeDefault"))
    });
    Verdict::of_containers(evidence, "has no seccomp confinement", "have no seccomp confinement")
}

/// How profiles were set before there were fields. An annotation of no container counts for none.
fn annotations(workload: &Workload) -> Verdict {
    let pod = (String::new(), "seccomp.security.alpha.kubernetes.io/pod".to_owned());
    let containers = workload.all_containers().map(|place| {
        let name = place.name().to_owned();
        let key = format!("container.seccomp.security.alpha.kubernetes.io/{name}");
        (name, key)
    });
    let evidence = std::iter::once(pod).chain(containers).filter_map(|(container, key)| {
        let value = workload.template.metadata.annotations.value(&key)?;
        let confines = matches!(value, "runtime/default" | "docker/default")
            || value.starts_with("localhost/");
        let path = workload.pod_annotation_path(&key);
        (!confines).then(|| Evidence {
            container: container.into(),
            ..Evidence::at(path, value.to_owned(), "runtime/default")
        })
    });
    Verdict::of_containers(evidence, "has no seccomp confinement", "have no seccomp confinement")
}
