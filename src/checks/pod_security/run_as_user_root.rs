use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
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
    /// From Kubernetes 1.35, pods with `hostUsers: false` pass: their root is nobody on the node.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted, control `runAsUser` (1.23 and later; not with
    ///   `hostUsers: false` since 1.35)
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    "run-as-user-root", PodSecurity, High, Core, Workload(run),
    remediation: "set `runAsUser` to a number above 0, or leave it to the image",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let minor = context.kubernetes_minor;
    if minor < 23 {
        return Verdict::NotApplicable;
    }
    if minor >= 35 && workload.has_own_users() {
        return Verdict::Pass;
    }
    let root = workload.securities().filter(|security| security.run_as_user == Some(0));
    let evidence =
        root.map(|security| Evidence::in_security(&security, "runAsUser", "0", "above 0"));
    Verdict::of_containers(evidence, "sets the user 0", "set the user 0")
}
