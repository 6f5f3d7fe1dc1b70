use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

/// Which workloads are judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Whether every StatefulSet is judged, too.
    stateful_sets: bool,
    /// Whether only workloads are judged whose pods a Service selects.
    only_behind_service: bool,
}

check! {
    /// Deployments run more than one replica.
    ///
    /// ## Why
    ///
    /// With one replica every drained node, every eviction and every crash is an outage.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   replicas: 2
    /// ```
    ///
    /// Where a HorizontalPodAutoscaler sets the number, its `minReplicas` is judged instead, with
    /// the default of 1, and of a ScaledObject of KEDA its `minReplicaCount`. What is scaled to zero,
    /// by itself or by a ScaledObject, is not judged, nor is a StatefulSet unless the policy asks for
    /// it:
    ///
    /// ```yaml
    /// settings:
    ///   - check: single-replica
    ///     parameters: {statefulSets: true}
    /// ```
    ///
    /// With `onlyBehindService: true` only workloads are judged whose pods a Service selects.
    ///
    /// ## References
    ///
    /// - K8Guard `SINGLE_REPLICA`
    /// - Polaris `deploymentMissingReplicas`
    "single-replica", Reliability, Medium, Core,
    Related(Lookup {
        kinds: &[Kind::Deployment, Kind::StatefulSet],
        reads: &[Kind::HorizontalPodAutoscaler, Kind::ScaledObject, Kind::Service],
        run,
    }),
    parameters: Parameters,
    remediation: "run two replicas or more",
}

/// The object's own number is judged even where an autoscaler may be elsewhere: a manifest by
/// itself asks for what it says.
fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let Parameters { stateful_sets, only_behind_service } = context.parameters();
    let is_judged = facts.kind() == Kind::Deployment || *stateful_sets;
    if !is_judged || workload.replicas == Some(0) {
        return Verdict::NotApplicable;
    }
    match cluster.least_replicas(&facts.key, workload) {
        0 => return Verdict::NotApplicable,
        1 => {}
        _ => return Verdict::Pass,
    }
    if *only_behind_service && cluster.services_of(&facts.key.namespace, workload).next().is_none()
    {
        return match cluster.is_complete(Kind::Service) {
            true => Verdict::NotApplicable,
            false => Verdict::Unknown("a Service may be elsewhere".into()),
        };
    }
    let evidence = Evidence::at("/spec/replicas", "1", "at least 2");
    Verdict::fail("pods have no second replica", [evidence])
}
