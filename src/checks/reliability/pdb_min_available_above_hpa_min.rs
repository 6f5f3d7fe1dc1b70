use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Disruption budgets do not ask for more pods than the autoscaler keeps.
    ///
    /// ## Why
    ///
    /// When the autoscaler goes down to its minimum, the budget cannot be kept any more, and no
    /// pod can be evicted: drains block at the quietest hour, when they are scheduled.
    ///
    /// ## Fix
    ///
    /// Keep `minAvailable` below `minReplicas`:
    ///
    /// ```yaml
    /// kind: PodDisruptionBudget
    /// spec:
    ///   minAvailable: 2       # the HorizontalPodAutoscaler has minReplicas: 3
    /// ```
    ///
    /// Percentages are taken of `minReplicas`, and round up.
    ///
    /// ## References
    ///
    /// - Polaris `pdbMinAvailableGreaterThanHPAMinReplicas`
    "pdb-min-available-above-hpa-min", Reliability, Medium, Standard,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::StatefulSet],
        reads: &[
            Kind::PodDisruptionBudget,
            Kind::HorizontalPodAutoscaler,
            Kind::ScaledObject,
        ],
        run,
    }),
    remediation: "lower `minAvailable` of the budget below `minReplicas` of the autoscaler",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let Some(bounds) = cluster.bounds_of(&facts.key) else { return Verdict::NotApplicable };
    let least = i64::from(bounds.least);
    let budgets = cluster.budgets_of(&facts.key.namespace, workload);
    let greedy = budgets.filter_map(|(facts, budget)| {
        let wanted = budget.min_available.as_ref()?;
        (wanted.scaled_up(least)? > least).then_some((&facts.key.name, wanted))
    });
    // The first by name, so that the finding stays the same.
    let Some((name, wanted)) = greedy.min_by_key(|(name, _)| *name) else { return Verdict::Pass };
    let found = format!("PodDisruptionBudget `{name}` keeps {wanted}, the autoscaler {least}");
    let message = format!("budget `{name}` asks for more pods than the autoscaler keeps");
    let evidence = Evidence::at("/spec/replicas", found, "`minAvailable` below `minReplicas`");
    Verdict::fail(message, [evidence])
}
