use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, is_system_namespace},
};

check! {
    /// Add-ons of the cluster have a priority of the system.
    ///
    /// ## Why
    ///
    /// Without one, name resolution, networking or metrics wait behind users' pods for a place, and
    /// are evicted before them: a busy application takes the whole cluster down.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   template:
    ///     spec:
    ///       priorityClassName: system-cluster-critical   # of a node agent: system-node-critical
    /// ```
    ///
    /// Found are Deployments and `DaemonSets` in `kube-system` and the other namespaces of Kubernetes
    /// (`kube-…`). Policies leave these out unless their scope names them.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/>
    /// - Polaris `priorityClassNotSet`
    "critical-addon-priority-missing", Tenancy, Medium, Core,
    Object(&[Kind::Deployment, Kind::DaemonSet], run),
    remediation: "set `priorityClassName` to `system-cluster-critical` or `system-node-critical`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    if !object.meta.namespace.as_deref().is_some_and(is_system_namespace) {
        return Verdict::NotApplicable;
    }
    if workload.has_system_priority() {
        return Verdict::Pass;
    }
    let found = workload.priority_class().unwrap_or("none").to_owned();
    let path = workload.pod_path("priorityClassName");
    let evidence = Evidence::at(path, found, "system-cluster-critical");
    Verdict::fail("add-on of the cluster has no priority of the system", [evidence])
}
