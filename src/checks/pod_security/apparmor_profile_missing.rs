use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods name their AppArmor profile.
    ///
    /// ## Why
    ///
    /// Where nothing is said the runtime applies its own profile on nodes that have AppArmor, and
    /// nothing on others. A pod that names a profile is only started where there is one.
    ///
    /// ## Fix
    ///
    /// Say it once for the whole pod:
    ///
    /// ```yaml
    /// securityContext:
    ///   appArmorProfile:
    ///     type: RuntimeDefault
    /// ```
    ///
    /// Found are containers for which neither `appArmorProfile`, of the container or of the pod, nor
    /// the annotation of older clusters names a profile, even `Unconfined`: that is found by
    /// `apparmor-profile-forbidden`. Off by default. Pods with `os.name: windows` are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tutorials/security/apparmor/>
    /// - NSA/CISA Kubernetes Hardening Guide, hardening application environments
    /// - kubeaudit `AppArmorAnnotationMissing`, Kubesec `ApparmorAny`
    "apparmor-profile-missing", PodSecurity, Info, Optional, Workload(run),
    remediation: "set `appArmorProfile.type: RuntimeDefault` for the pod",
    rule: Rule::containers("!container.?securityContext.?appArmorProfile.or(variables.podSecurity.?appArmorProfile).hasValue() \
        && variables.podAnnotations[?'container.apparmor.security.beta.kubernetes.io/' + \
        container.name].orValue('') == ''")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let bare = workload
        .container_securities()
        .filter(|container| workload.is_confined_by_app_armor(container).is_none());
    let evidence = bare.map(|container| {
        Evidence::in_security(&container, "appArmorProfile/type", "absent", "RuntimeDefault")
    });
    Verdict::of_containers(evidence, "names no AppArmor profile", "name no AppArmor profile")
}
