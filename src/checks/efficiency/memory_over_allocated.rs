use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

/// What is far too much.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Percent of the request that has to be used.
    percent: u64,
    /// Mebibytes that nobody minds: requests up to that are not judged.
    floor: u64,
    /// Measurements that are needed; one is taken every five minutes.
    measurements: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { percent: 50, floor: 128, measurements: 6 }
    }
}

check! {
    /// Containers use the memory that they request.
    ///
    /// ## Why
    ///
    /// The scheduler keeps free what is requested. What is requested and never used is bought and
    /// thrown away.
    ///
    /// ## Fix
    ///
    /// Request what the container needs at its busiest, with some room:
    ///
    /// ```yaml
    /// resources:
    ///   requests: {memory: 256Mi}
    /// ```
    ///
    /// Found are regular containers and sidecars whose highest use of the last hour, over all pods,
    /// is below half of the request. Where a VerticalPodAutoscaler recommends a value (with
    /// `updateMode: Off` it does nothing else), that counts instead: it knows more than an hour.
    /// Without `metrics.k8s.io` and without a recommendation it is unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/autoscaling/>
    /// - Goldilocks; Popeye `POP-506`
    "memory-over-allocated", Efficiency, Low, Core,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::PodMetrics, Kind::VerticalPodAutoscaler], run }),
    parameters: Parameters,
    remediation: "lower `resources.requests.memory` to what is needed",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Parameters { percent, floor, measurements } = context.parameters();
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let sizes = cluster.sizes_of(facts);
    let known = sizes.iter().filter_map(|size| Some((size.resources, size.need(*measurements)?)));
    let known: Vec<_> = known.collect();
    if known.is_empty() && sizes.iter().any(|size| size.resources.request.memory > (*floor << 20)) {
        return Verdict::Unknown("its pods have not been measured for long enough".into());
    }
    let wasted = known.into_iter().filter_map(|(resources, need)| {
        let (request, need) = (resources.request.memory, need.memory);
        let is_wasted =
            request > (*floor << 20) && need.saturating_mul(100) < request.saturating_mul(*percent);
        is_wasted.then(|| Evidence {
            container: resources.container.as_str().into(),
            ..Evidence::at(
                resources.path(workload.spec_path, "requests/memory"),
                format!("requests {}Mi, needs {}Mi", request >> 20, need >> 20),
                format!("at least {percent}% in use"),
            )
        })
    });
    Verdict::of_containers(
        wasted,
        "requests far more memory than it needs",
        "request far more memory than they need",
    )
}
