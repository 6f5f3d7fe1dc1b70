use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{AppArmorAnnotation, Security, Workload},
};

check! {
    /// AppArmor is not switched off.
    ///
    /// ## Why
    ///
    /// On nodes with AppArmor the runtime confines each container to the files and mounts that it
    /// may touch. `Unconfined` takes that away from a single container, unseen.
    ///
    /// ## Fix
    ///
    /// Leave the field out, or name the profile of the runtime:
    ///
    /// ```yaml
    /// securityContext:
    ///   appArmorProfile:
    ///     type: RuntimeDefault
    /// ```
    ///
    /// `Localhost` is allowed too, and so are `runtime/default` and `localhost/…` in the annotation
    /// `container.apparmor.security.beta.kubernetes.io/<container>` of older clusters.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `appArmorProfile` (1.0 and later)
    /// - <https://kubernetes.io/docs/tutorials/security/apparmor/>
    "apparmor-profile-forbidden", PodSecurity, Medium, Core, Workload(run),
    remediation: "set `appArmorProfile.type: RuntimeDefault`, or leave it out",
    rule: Rule::containers("container.?securityContext.?appArmorProfile.optMap(profile, !(profile.type \
        in ['RuntimeDefault', 'Localhost'])).orValue(false)")
        .or_object("variables.podSecurity.?appArmorProfile.optMap(profile, !(profile.type in \
        ['RuntimeDefault', 'Localhost'])).orValue(false) || \
        variables.podAnnotations.exists(key, \
        key.startsWith('container.apparmor.security.beta.kubernetes.io/') && \
        !variables.podAnnotations[key].matches('^(|runtime/default|localhost/.*)$'))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let unconfined = workload.securities().filter(Security::is_app_armor_unconfined);
    let fields = unconfined.filter_map(|security| {
        let found = security.app_armor_profile?.kind.to_string();
        Some(Evidence::in_security(&security, "appArmorProfile/type", found, "RuntimeDefault"))
    });
    let annotations = workload.app_armor_annotations().filter(|one| !one.confines());
    let annotations = annotations.map(|AppArmorAnnotation { key, container, profile }| Evidence {
        container: container.into(),
        ..Evidence::at(workload.pod_annotation_path(key), profile.to_owned(), "runtime/default")
    });
    Verdict::of_containers(
        fields.chain(annotations),
        "has no AppArmor confinement",
        "have no AppArmor confinement",
    )
}
