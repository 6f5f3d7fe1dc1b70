use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, IntOrString, Kind, PodDisruptionBudget},
};

check! {
    /// Disruption budgets allow at least one disruption.
    ///
    /// ## Why
    ///
    /// A budget that allows none blocks every drain: nodes are not upgraded, or are taken away by
    /// force, without the budget.
    ///
    /// ## Fix
    ///
    /// Leave room for one pod, and run enough of them:
    ///
    /// ```yaml
    /// spec:
    ///   maxUnavailable: 1
    ///   selector: {matchLabels: {app: web}}
    /// ```
    ///
    /// Found are `maxUnavailable` of zero, `minAvailable` of 100%, and a `minAvailable` (percentages
    /// round up) that needs every pod that the budget selects. Where an autoscaler sets the number of
    /// pods, its minimum counts.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/configure-pdb/>
    /// - Polaris `pdbDisruptionsIsZero`
    "pdb-blocks-eviction", Reliability, Medium, Core,
    Related(Lookup { kinds: &[Kind::PodDisruptionBudget], reads: READS, run }),
    remediation: "allow one disruption: `maxUnavailable: 1`, or more pods than `minAvailable`",
}

const READS: &[Kind] = &[
    Kind::HorizontalPodAutoscaler,
    Kind::ScaledObject,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::CronJob,
    Kind::Job,
    Kind::Pod,
];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::PodDisruptionBudget(budget) = &facts.body else { return Verdict::NotApplicable };
    if let Some((field, value)) = always_blocks(budget) {
        let evidence = Evidence::at(format!("/spec/{field}"), value.to_string(), "a disruption");
        let message = format!("budget allows no disruption: `{field}` is {value}");
        return Verdict::fail(message, [evidence]);
    }
    let (Some(least), Some(selector)) = (&budget.min_available, &budget.selector) else {
        return Verdict::Pass;
    };
    let pods = cluster.least_pods(&facts.key.namespace, selector).filter(|pods| *pods > 0);
    let blocked = pods.filter(|pods| least.scaled_up(*pods).is_some_and(|least| least >= *pods));
    let Some(pods) = blocked else { return Verdict::Pass };
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("more pods may be elsewhere".into());
    }
    let evidence =
        Evidence::at("/spec/minAvailable", format!("{least} of {pods} pods"), "fewer than all");
    let message = format!("budget allows no disruption: `minAvailable` is {least} of {pods} pods");
    Verdict::fail(message, [evidence])
}

/// The field that allows no disruption whatever the number of pods.
fn always_blocks(budget: &PodDisruptionBudget) -> Option<(&'static str, &IntOrString)> {
    let percent = |value: &&IntOrString| value.scaled_up(100);
    let most = budget.max_unavailable.as_ref().filter(|value| percent(value) == Some(0));
    let least = budget
        .min_available
        .as_ref()
        .filter(|value| matches!(value, IntOrString::String(_)) && percent(value) >= Some(100));
    most.map(|value| ("maxUnavailable", value)).or(least.map(|value| ("minAvailable", value)))
}
