use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers cannot run as root.
    ///
    /// ## Why
    ///
    /// Root in a container is root for the kernel of the node: a flaw in the runtime or a careless
    /// mount is then enough to take over the node.
    ///
    /// ## Fix
    ///
    /// Forbid root for the whole pod. Where the image names its user by name, give its number too,
    /// or the kubelet cannot tell and refuses to start it:
    ///
    /// ```yaml
    /// spec:
    ///   securityContext:
    ///     runAsNonRoot: true
    ///     runAsUser: 10001
    /// ```
    ///
    /// Either of the two is proof enough here; a container's own value wins over the pod's. The Pod
    /// Security Standards want `runAsNonRoot`: see `run-as-non-root-not-enforced`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.2.7
    /// - NSA/CISA Kubernetes Hardening Guide, non-root containers
    /// - Polaris `runAsRootAllowed`
    "run-as-root-allowed", PodSecurity, High, Core, Workload(run),
    remediation: "set `runAsNonRoot: true`, and `runAsUser` to a number above 0",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let pod = workload.pod_security();
    let evidence = workload.container_securities().filter_map(|security| {
        let user = security.run_as_user.or(pod.run_as_user);
        let non_root = security.run_as_non_root.or(pod.run_as_non_root);
        match (user, non_root) {
            (Some(1..), _) | (None, Some(true)) => None,
            (Some(user), _) => {
                Some(Evidence::in_security(&security, "runAsUser", user.to_string(), "above 0"))
            }
            (None, found) => {
                let found = found.map_or("absent", |_| "false");
                Some(Evidence::in_security(&security, "runAsNonRoot", found, "true"))
            }
        }
    });
    Verdict::of_containers(evidence, "may run as root", "may run as root")
}
