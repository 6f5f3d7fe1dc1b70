use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

/// The user without rights.
const USER: &str = "ContainerUser";

check! {
    /// Windows containers run as `ContainerUser`.
    ///
    /// ## Why
    ///
    /// `ContainerAdministrator` may do in its container what it likes: install services, change the
    /// registry, write anywhere. Windows containers share the kernel of their node as others do.
    ///
    /// ## Fix
    ///
    /// Name the user without rights, once for the whole pod:
    ///
    /// ```yaml
    /// securityContext:
    ///   windowsOptions:
    ///     runAsUserName: ContainerUser
    /// ```
    ///
    /// Found are containers whose `runAsUserName`, their own or else that of the pod, is another
    /// one, in capitals or not. What is not set passes: the image decides.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/>
    /// - Kyverno `require-run-as-containeruser`
    "windows-run-as-administrator", PodSecurity, Medium, Standard, Workload(run),
    remediation: "set `windowsOptions.runAsUserName: ContainerUser`",
    rule: Rule::containers("!(container.?securityContext.?windowsOptions.?runAsUserName.or(variables.podSecurity.?windowsOptions.?runAsUserName).orValue('').lowerAscii() \
        in ['', 'containeruser'])"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let pod = workload.pod_security();
    let evidence = workload.container_securities().filter_map(|container| {
        let (user, set) = container
            .in_force(&pod, |security| security.windows_options?.run_as_user_name.as_ref());
        let user = user.filter(|user| !user.is_empty() && !user.eq_ignore_ascii_case(USER))?;
        let field = "windowsOptions/runAsUserName";
        Some(Evidence::in_force(&container, set, field, user, USER))
    });
    Verdict::of_containers(
        evidence,
        "runs as another user than `ContainerUser`",
        "run as other users than `ContainerUser`",
    )
}
