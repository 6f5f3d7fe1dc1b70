use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
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
    fixes: &[Fix::set("securityContext/runAsNonRoot", "true")],
    rule: Rule::containers("container.?securityContext.?runAsUser.or(variables.podSecurity.?runAsUser).optMap(user, \
        user <= \
        0).orValue(!container.?securityContext.?runAsNonRoot.or(variables.podSecurity.?runAsNonRoot).orValue(false))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let pod = workload.pod_security();
    let evidence = workload.container_securities().filter_map(|container| {
        let (user, set) = container.in_force(&pod, |security| security.run_as_user);
        if let Some(user) = user {
            let evidence = || Evidence::in_force(&container, set, "runAsUser", user, "above 0");
            return (user <= 0).then(evidence);
        }
        let (non_root, set) = container.in_force(&pod, |security| security.run_as_non_root);
        let found = non_root.map_or("absent", |_| "false");
        let evidence = || Evidence::in_force(&container, set, "runAsNonRoot", found, "true");
        (non_root != Some(true)).then(evidence)
    });
    Verdict::of_containers(evidence, "may run as root", "may run as root")
}
