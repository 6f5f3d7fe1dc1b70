use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, FactBody, Facts, Kind},
};

check! {
    /// Pods are in one disruption budget at most.
    ///
    /// ## Why
    ///
    /// The eviction API answers with an error when two budgets select a pod: it cannot be evicted at
    /// all, and the node that it is on is never drained.
    ///
    /// ## Fix
    ///
    /// Keep one budget for each workload, and narrow the selector of a broad one:
    ///
    /// ```yaml
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    /// ```
    ///
    /// Found are budgets that select the pods of a workload that another budget of the namespace
    /// selects, too.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors>
    /// - Popeye `POP-209`
    "pdb-overlap", Reliability, Medium, Standard,
    Related(Lookup { kinds: &[Kind::PodDisruptionBudget], reads: READS, run }),
    remediation: "keep one budget for each workload, and narrow the selector of the other",
}

const READS: &[Kind] = &[
    Kind::PodDisruptionBudget,
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
    let Some(selector) = &budget.selector else { return Verdict::NotApplicable };
    let namespace = &*facts.key.namespace;
    let is_alone = cluster.all_in(Kind::PodDisruptionBudget, namespace).nth(1).is_none();
    let workloads = cluster.workloads_in(namespace).filter(|(workload, template)| {
        !is_alone && workload.kind() != Kind::PodTemplate && template.is_selected_by(selector)
    });
    let mut others: Vec<&str> = workloads
        .flat_map(|(_, template)| cluster.budgets_of(namespace, template))
        .filter(|(other, _)| other.key != facts.key)
        .map(|(other, _)| &*other.key.name)
        .collect();
    if others.is_empty() {
        return Verdict::Pass;
    }
    others.sort_unstable();
    others.dedup();
    let names = enumerate(&others);
    let noun = if others.len() == 1 { "budget" } else { "budgets" };
    let evidence = Evidence::at("/spec/selector", names.clone(), "no other budget");
    Verdict::fail(format!("pods are also in {noun} {names}"), [evidence])
}
