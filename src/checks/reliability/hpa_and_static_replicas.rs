use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Manifests of autoscaled workloads leave out the number of replicas.
    ///
    /// ## Why
    ///
    /// Each time the manifest is applied, the workload goes back to the number in it, and the
    /// autoscaler has to begin anew: in the middle of the day that is an outage.
    ///
    /// ## Fix
    ///
    /// Remove `spec.replicas`, and let the autoscaler's `minReplicas` say where to begin:
    ///
    /// ```yaml
    /// kind: Deployment
    /// spec:
    ///   selector: {matchLabels: {app: web}}
    /// ```
    ///
    /// Only manifests are judged: in a cluster the field is always set, by whomever. A manifest of zero
    /// replicas turns the autoscaler off, and is not found.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling>
    /// - kube-score `deployment-targeted-by-hpa-does-not-have-replicas-configured`
    "hpa-and-static-replicas", Reliability, Low, Standard,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::StatefulSet],
        reads: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject],
        run,
    }),
    remediation: "remove `spec.replicas` from the manifest",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let Some(scaler) = cluster.autoscalers_of((&facts.key).into()).next() else {
        return Verdict::NotApplicable;
    };
    let Some(replicas) = workload.replicas.filter(|_| workload.has_written_replicas) else {
        return Verdict::Pass;
    };
    if replicas == 0 {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec/replicas", replicas.to_string(), "nothing");
    let (kind, name) = (scaler.kind(), &scaler.key.name);
    Verdict::fail(format!("`replicas` is set, and {kind} `{name}` sets it, too"), [evidence])
}
