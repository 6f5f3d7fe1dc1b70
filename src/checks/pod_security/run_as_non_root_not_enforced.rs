use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Control, Workload},
};

check! {
    /// Pods demand that no container runs as root.
    ///
    /// ## Why
    ///
    /// With `runAsNonRoot` the kubelet refuses to start a container as root, whatever its image
    /// says. The Pod Security Standards accept no other proof: a `runAsUser` does not count.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   securityContext:
    ///     runAsNonRoot: true
    /// ```
    ///
    /// No container may set it to `false`, and the pod may not either, even where every container
    /// sets `true`. From Kubernetes 1.35, pods with `hostUsers: false` are not judged: their root is
    /// nobody on the node.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted, control `runAsNonRoot` (1.0 and later; not with
    ///   `hostUsers: false` since 1.35)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.7
    /// - `run-as-root-allowed` also takes a user number as proof
    "run-as-non-root-not-enforced", PodSecurity, Medium, Optional, Workload(run),
    remediation: "set `runAsNonRoot: true` for the pod, and `false` on no container",
    rule: Rule::containers("!container.?securityContext.?runAsNonRoot.or(variables.podSecurity.?runAsNonRoot).orValue(false)")
        .or_object("!variables.podSecurity.?runAsNonRoot.orValue(true)")
        .when("!variables.hasOwnUsers || variables.minor < 35"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if !workload.is_judged_by(Control::RunAsNonRoot, context.kubernetes_minor) {
        return Verdict::NotApplicable;
    }
    let evidence = workload.not_surely_non_root().map(|security| {
        let found = security.run_as_non_root.map_or("absent", |_| "false");
        Evidence::in_security(&security, "runAsNonRoot", found, "true")
    });
    Verdict::of_containers(
        evidence,
        "does not set `runAsNonRoot: true`",
        "do not set `runAsNonRoot: true`",
    )
}
