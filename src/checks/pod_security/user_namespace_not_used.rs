use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods run in a user namespace of their own.
    ///
    /// ## Why
    ///
    /// Without one, root of a container is root of its node once it has left the container. With
    /// one, it is a user whom the node does not know.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   hostUsers: false
    /// ```
    ///
    /// Nodes need Linux 6.3 or later and containerd 2.0 or CRI-O 1.25 or later, so this check is off
    /// by default. Found are pods where `hostUsers` is `true` or absent. Pods with
    /// `os.name: windows` are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/>
    /// - Kubesec `HostUsers`
    "user-namespace-not-used", PodSecurity, Info, Optional, Workload(run),
    remediation: "set `hostUsers: false` where nodes support it",
    rule: Rule::object("!variables.hasOwnUsers")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let found = match workload.pod().host_users {
        Some(false) => return Verdict::Pass,
        Some(true) => "true",
        None => "absent",
    };
    let evidence = Evidence::at(workload.pod_path("hostUsers"), found, "false");
    Verdict::fail("pods share the users of their node", [evidence])
}
