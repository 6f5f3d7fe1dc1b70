use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, WorkloadFacts},
};

check! {
    /// Disruption budgets select pods.
    ///
    /// ## Why
    ///
    /// A budget that selects nothing protects nothing, and looks as if something were protected:
    /// mostly the labels of the pods were changed, and those of the budget were not.
    ///
    /// ## Fix
    ///
    /// Let it select what it is for, or delete it:
    ///
    /// ```yaml
    /// spec:
    ///   selector: {matchLabels: {app: web}}     # as in the pod template
    /// ```
    ///
    /// Found are budgets whose selector selects the pods of no workload of the namespace, and those
    /// without selector. An empty selector selects all pods of the namespace.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/configure-pdb/>
    /// - Popeye `POP-900`
    "pdb-dangling", Reliability, Low, Standard,
    Related(Lookup { kinds: &[Kind::PodDisruptionBudget], reads: READS, run }),
    remediation: "let the selector select the pods that the budget is for, or delete it",
}

const READS: &[Kind] = &[
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
    let Some(selector) = &budget.selector else {
        let evidence = Evidence::at("/spec/selector", "none", "a selector");
        return Verdict::fail("budget has no selector", [evidence]);
    };
    let mut workloads = cluster.workloads_in(&facts.key.namespace);
    let selects = |(workload, template): (&Facts, &WorkloadFacts)| {
        workload.kind() != Kind::PodTemplate
            && template.may_be_selected_by(workload.kind(), selector)
    };
    if workloads.any(selects) {
        return Verdict::Pass;
    }
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what it selects may be elsewhere".into());
    }
    let evidence = Evidence::at("/spec/selector", "selects nothing", "the labels of pods");
    Verdict::fail("budget selects the pods of no workload", [evidence])
}
