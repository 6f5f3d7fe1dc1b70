use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

/// How long pods may be missing.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// For so many minutes fewer pods may be available than are wanted.
    #[schemars(range(min = 0))]
    minutes: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { minutes: 10 }
    }
}

check! {
    /// Workloads have as many pods as they want.
    ///
    /// ## Why
    ///
    /// A rollout that hangs, an image that cannot be pulled, a quota that is used up: fewer pods run
    /// than somebody has asked for, and those that run carry the load of all.
    ///
    /// ## Fix
    ///
    /// Look at the events of the workload, and of its pods:
    ///
    /// ```sh
    /// kubectl describe deployment NAME
    /// kubectl get pods --selector app=NAME
    /// ```
    ///
    /// Found are Deployments, StatefulSets, DaemonSets and ReplicaSets with fewer available pods than
    /// are wanted, when their status has not changed for ten minutes, or the condition `Available` has
    /// been false for as long. A policy can set another time:
    ///
    /// ```yaml
    /// settings:
    ///   - check: workload-unavailable
    ///     parameters: {minutes: 30}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status>
    /// - Popeye `POP-501`, `POP-1120`
    "workload-unavailable", Reliability, Medium, Standard, Timed(KINDS, run),
    parameters: Parameters,
    remediation: "look at the events of the workload and of its pods",
}

const KINDS: &[Kind] = &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet];

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Parameters { minutes } = context.parameters();
    if object.meta.generation.is_none() {
        // Of a file nothing is known but what is to be.
        return Verdict::NotApplicable;
    }
    let Some(shortage) = &workload.shortage else { return Verdict::Pass };
    let Some(since) = shortage.since else {
        return Verdict::Unknown("pods are missing, and it does not say since when".into());
    };
    if context.now().as_second() - since < i64::from(*minutes) * 60 {
        return Verdict::Pass;
    }
    let found = format!("{} of {}", shortage.available, shortage.wanted);
    let wanted = format!("{} available", shortage.wanted);
    let message = format!("only {found} pods are available");
    Verdict::fail(message, [Evidence::at("/status", found, wanted)])
}
