use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Disruption budgets say what happens to pods that are not healthy.
    ///
    /// ## Why
    ///
    /// By default a pod that is running and not ready may only be evicted while enough others are
    /// healthy. When a whole workload is broken, its pods block every drain, and protect nobody.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   maxUnavailable: 1
    ///   unhealthyPodEvictionPolicy: AlwaysAllow
    /// ```
    ///
    /// Found are budgets without `unhealthyPodEvictionPolicy`, which means `IfHealthyBudget`. Whoever
    /// writes that down has decided, and is not found.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy>
    /// - KubeLinter `pdb-unhealthy-pod-eviction-policy`
    "pdb-unhealthy-eviction-policy-unset", Reliability, Info, Optional,
    Object(&[Kind::PodDisruptionBudget], run),
    remediation: "set `unhealthyPodEvictionPolicy: AlwaysAllow`",
    fixes: &[Fix::set("spec/unhealthyPodEvictionPolicy", "AlwaysAllow")],
    rule: Rule::object("object.spec.?unhealthyPodEvictionPolicy.orValue('') == ''"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::PodDisruptionBudget(budget) = &object.body else { return Verdict::NotApplicable };
    if budget.unhealthy_pod_eviction_policy.as_deref().is_some_and(|policy| !policy.is_empty()) {
        return Verdict::Pass;
    }
    let path = "/spec/unhealthyPodEvictionPolicy";
    let evidence = Evidence::at(path, "none, which is IfHealthyBudget", "AlwaysAllow");
    Verdict::fail("broken pods block drains", [evidence])
}
