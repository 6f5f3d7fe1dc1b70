use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

/// What is too little.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Percent of the request that may be used.
    percent: u64,
    /// Measurements that are needed; one is taken every five minutes.
    measurements: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { percent: 120, measurements: 1 }
    }
}

check! {
    /// Containers request the memory that they use.
    ///
    /// ## Why
    ///
    /// When memory of a node runs out, the pods that use more than they request are evicted first.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// resources:
    ///   requests: {memory: 256Mi}
    /// ```
    ///
    /// Found are regular containers and sidecars whose highest use of the last hour, over all pods,
    /// is more than 20% above the request. Where a VerticalPodAutoscaler recommends a value, that
    /// counts instead. Without a request there is nothing to compare. Without `metrics.k8s.io` and
    /// without a recommendation it is unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/autoscaling/>
    /// - Goldilocks; Popeye `POP-505`
    "memory-under-allocated", Efficiency, Medium, Core,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::PodMetrics, Kind::VerticalPodAutoscaler], run }),
    parameters: Parameters,
    remediation: "raise `resources.requests.memory` to what is needed",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Parameters { percent, measurements } = context.parameters();
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let sizes = cluster.sizes_of(facts);
    let known = sizes.iter().filter_map(|size| Some((size.resources, size.need(*measurements)?)));
    let known: Vec<_> = known.collect();
    if known.is_empty() && sizes.iter().any(|size| size.resources.request.memory > 0) {
        return Verdict::Unknown("its pods are not measured".into());
    }
    let short = known.into_iter().filter_map(|(resources, need)| {
        let (request, need) = (resources.request.memory, need.memory);
        let is_short = request > 0 && need.saturating_mul(100) > request.saturating_mul(*percent);
        is_short.then(|| Evidence {
            container: resources.container.as_str().into(),
            ..Evidence::at(
                resources.path(workload.spec_path, "requests/memory"),
                format!("requests {}Mi, needs {}Mi", request >> 20, need >> 20),
                format!("at most {percent}% in use"),
            )
        })
    });
    Verdict::of_containers(
        short,
        "needs more memory than it requests",
        "need more memory than they request",
    )
}
