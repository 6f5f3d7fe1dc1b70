use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods have a priority class.
    ///
    /// ## Why
    ///
    /// When a node or the cluster is full, priority decides who is evicted and who is scheduled.
    /// Without a class all pods are equal, the shop and the nightly report.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   priorityClassName: business-critical
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>
    /// - Polaris `priorityClassNotSet`
    "priority-class-missing", Reliability, Info, Optional, Workload(run),
    remediation: "set `priorityClassName`",
    rule: Rule::object("variables.pod.?priorityClassName.orValue('') == ''"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let class = workload.pod().priority_class_name.as_deref();
    if class.is_some_and(|name| !name.is_empty()) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(workload.pod_path("priorityClassName"), "none", "a PriorityClass");
    Verdict::fail("pods have no priority class", [evidence])
}
