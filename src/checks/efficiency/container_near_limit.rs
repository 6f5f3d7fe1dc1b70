use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Amount, Cluster, ContainerResources, Facts, Kind},
};

/// How near is too near.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Percent of the limit of CPU that may be used.
    cpu: u64,
    /// Percent of the limit of memory that may be used.
    memory: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { cpu: 90, memory: 80 }
    }
}

check! {
    /// Containers keep away from their limits.
    ///
    /// ## Why
    ///
    /// At the limit of memory the kernel kills the container, at that of CPU it is slowed down.
    ///
    /// ## Fix
    ///
    /// Find out why it needs so much, or raise the limit:
    ///
    /// ```yaml
    /// resources:
    ///   limits: {memory: 1Gi}
    /// ```
    ///
    /// Found are regular containers and sidecars of which some pod uses, by the last measurement, more
    /// than 80% of its limit of memory or 90% of that of CPU. Without `metrics.k8s.io` it is unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>
    /// - Popeye `POP-111`, `POP-112`
    "container-near-limit", Efficiency, High, Standard,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::PodMetrics], run }),
    parameters: Parameters,
    remediation: "find out why it needs so much, or raise the limit",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let parameters = context.parameters::<Parameters>();
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let used = cluster.usage_of(&facts.key.namespace, workload);
    let is_limited = |resources: &ContainerResources| resources.limit != Amount::default();
    if used.is_empty() && workload.resources.iter().any(is_limited) {
        return Verdict::Unknown("its pods are not measured".into());
    }
    let near = workload.resources.iter().flat_map(|resources| {
        let latest = used.get(resources.container.as_str()).map(|usage| usage.latest);
        let latest = latest.unwrap_or_default();
        let limit = resources.limit;
        let cpu = is_near(latest.cpu, limit.cpu, parameters.cpu)
            .then(|| ("limits/cpu", format!("{}m of {}m", latest.cpu, limit.cpu), parameters.cpu));
        let memory = is_near(latest.memory, limit.memory, parameters.memory).then(|| {
            let found = format!("{}Mi of {}Mi", latest.memory >> 20, limit.memory >> 20);
            ("limits/memory", found, parameters.memory)
        });
        cpu.into_iter().chain(memory).map(|(field, found, percent)| Evidence {
            container: resources.container.as_str().into(),
            ..Evidence::at(
                resources.path(workload.spec_path, field),
                found,
                format!("at most {percent}%"),
            )
        })
    });
    Verdict::of_containers(near, "is close to its limit", "are close to their limits")
}

fn is_near(used: u64, limit: u64, percent: u64) -> bool {
    limit > 0 && used.saturating_mul(100) > limit.saturating_mul(percent)
}
