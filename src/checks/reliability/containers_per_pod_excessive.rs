use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

/// How many containers a pod may have.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The most regular containers.
    #[schemars(range(min = 1))]
    max: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { max: 8 }
    }
}

check! {
    /// Pods have few containers.
    ///
    /// ## Why
    ///
    /// The containers of a pod are scheduled, scaled and restarted together: what has no need of each
    /// other only makes the pod harder to place, and its failures harder to read.
    ///
    /// ## Fix
    ///
    /// Move what can live by itself into a workload of its own, and what only prepares into
    /// `initContainers`:
    ///
    /// ```yaml
    /// initContainers:
    ///   - {name: migrate, image: registry.example.com/shop/migrate:1.2.0}
    /// containers:
    ///   - {name: web, image: registry.example.com/shop/web:1.2.0}
    /// ```
    ///
    /// Found are pods with more than eight regular containers; init containers do not count. A policy
    /// can set another number:
    ///
    /// ```yaml
    /// settings:
    ///   - check: containers-per-pod-excessive
    ///     parameters: {max: 4}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/#how-pods-manage-multiple-containers>
    /// - Kyverno `limit-containers-per-pod`
    "containers-per-pod-excessive", Reliability, Info, Optional, Workload(run),
    parameters: Parameters,
    remediation: "move containers that can live by themselves into workloads of their own",
    rule: Rule::object("variables.pod.?containers.orValue([]).size() > variables.params.max")
        .with(|context| {
            let Parameters { max } = context.parameters();
            serde_json::json!({ "max": max })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { max } = context.parameters();
    let count = workload.pod().containers.len();
    if count <= *max {
        return Verdict::Pass;
    }
    let path = workload.pod_path("containers");
    let evidence = Evidence::at(path, count.to_string(), format!("at most {max}"));
    Verdict::fail(format!("pod has {count} containers"), [evidence])
}
