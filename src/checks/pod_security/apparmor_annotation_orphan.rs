use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::Workload,
};

check! {
    /// AppArmor annotations name containers that exist.
    ///
    /// ## Why
    ///
    /// The annotation names its container in its key. Where the name is wrong the profile applies to
    /// nobody, and the API server refuses the pod, with an error that only its controller sees.
    ///
    /// ## Fix
    ///
    /// Use the field, which stands at its container:
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     securityContext:
    ///       appArmorProfile:
    ///         type: RuntimeDefault
    /// ```
    ///
    /// Found are annotations `container.apparmor.security.beta.kubernetes.io/<container>` whose
    /// container is none of the regular, init and ephemeral ones.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tutorials/security/apparmor/>
    /// - kubeaudit `AppArmorInvalidAnnotation`
    "apparmor-annotation-orphan", PodSecurity, Low, Standard, Workload(run),
    remediation: "name an existing container, or use the field `appArmorProfile`",
    rule: Rule::object("variables.podAnnotations.exists(key, \
        key.startsWith('container.apparmor.security.beta.kubernetes.io/') && \
        variables.podAnnotations[key] != '' && !variables.containers.exists(container, \
        'container.apparmor.security.beta.kubernetes.io/' + container.name == key))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let exists = |name: &str| workload.all_containers().any(|place| place.name() == name);
    let orphans = workload.app_armor_annotations().filter(|one| !exists(one.container));
    let (names, evidence): (Vec<&str>, Vec<_>) = orphans
        .map(|orphan| {
            let path = workload.pod_annotation_path(orphan.key);
            let found = orphan.container.to_owned();
            (orphan.container, Evidence::at(path, found, "a container of the pod"))
        })
        .unzip();
    Verdict::unless_empty(evidence, |_| {
        format!("annotations of AppArmor name containers that do not exist: {}", enumerate(&names))
    })
}
