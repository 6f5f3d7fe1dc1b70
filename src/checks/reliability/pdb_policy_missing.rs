use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Disruption budgets say how many disruptions they allow.
    ///
    /// ## Why
    ///
    /// A budget with neither `minAvailable` nor `maxUnavailable` reads as if it allowed everything. To
    /// Kubernetes it expects no pods, and then it allows no disruption at all: every drain waits.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   maxUnavailable: 1
    ///   selector: {matchLabels: {app: web}}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/configure-pdb/>
    /// - kube-score `poddisruptionbudget-has-policy`
    "pdb-policy-missing", Reliability, Low, Standard, Object(&[Kind::PodDisruptionBudget], run),
    remediation: "set `maxUnavailable` or `minAvailable`",
    rule: Rule::object("!has(object.spec.minAvailable) && !has(object.spec.maxUnavailable)"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::PodDisruptionBudget(budget) = &object.body else { return Verdict::NotApplicable };
    if budget.min_available.is_some() || budget.max_unavailable.is_some() {
        return Verdict::Pass;
    }
    let wanted = "`maxUnavailable` or `minAvailable`";
    let evidence = Evidence::at("/spec/maxUnavailable", "none", wanted);
    Verdict::fail("budget does not say what it allows", [evidence])
}
