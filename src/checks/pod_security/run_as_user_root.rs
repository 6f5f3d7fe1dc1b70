use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Control, Security, Workload},
};

check! {
    /// Neither pods nor containers set the user 0.
    ///
    /// ## Why
    ///
    /// User 0 is root, for the kernel of the node too. Asking for it by number overrides the user
    /// that the image was built for.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   securityContext:
    ///     runAsUser: 10001
    /// ```
    ///
    /// From Kubernetes 1.35, pods with `hostUsers: false` are not judged: their root is nobody on the
    /// node.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted, control `runAsUser` (1.23 and later; not with
    ///   `hostUsers: false` since 1.35)
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    "run-as-user-root", PodSecurity, High, Core, Workload(run),
    remediation: "set `runAsUser` to a number above 0, or leave it to the image",
    rule: Rule::containers("container.?securityContext.?runAsUser.orValue(1) == 0")
        .or_object("variables.podSecurity.?runAsUser.orValue(1) == 0")
        .when("!variables.hasOwnUsers || variables.minor < 35"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if !workload.is_judged_by(Control::RunAsUser, context.kubernetes_minor) {
        return Verdict::NotApplicable;
    }
    let root = workload.securities().filter(Security::is_root);
    let evidence =
        root.map(|security| Evidence::in_security(&security, "runAsUser", "0", "above 0"));
    Verdict::of_containers(evidence, "sets the user 0", "set the user 0")
}
