use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Replicated workloads have a disruption budget.
    ///
    /// ## Why
    ///
    /// Without a budget, draining nodes may take all replicas away at once, however many there are.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata: {name: web}
    /// spec:
    ///   maxUnavailable: 1
    ///   selector: {matchLabels: {app: web}}
    /// ```
    ///
    /// The selector has to select the pods in full, and in the same namespace. Workloads with one
    /// replica are not judged: see `single-replica`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/configure-pdb/>
    /// - Polaris `missingPodDisruptionBudget`
    "pdb-missing", Reliability, Low, Core,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::StatefulSet],
        reads: &[
            Kind::PodDisruptionBudget,
            Kind::HorizontalPodAutoscaler,
            Kind::ScaledObject,
        ],
        run,
    }),
    remediation: "add a PodDisruptionBudget that selects the pods",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    if cluster.least_replicas(&facts.key, workload) < 2 {
        return Verdict::NotApplicable;
    }
    if cluster.budgets_of(&facts.key.namespace, workload).next().is_some() {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::PodDisruptionBudget) {
        return Verdict::Unknown("a PodDisruptionBudget may be elsewhere".into());
    }
    let path = format!("{}/metadata/labels", workload.template_path);
    let evidence = Evidence::at(path, "no budget selects them", "PodDisruptionBudget");
    Verdict::fail("no PodDisruptionBudget selects the pods", [evidence])
}
