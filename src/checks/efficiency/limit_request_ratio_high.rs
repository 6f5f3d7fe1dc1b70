use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{ResourceRequirements, Workload},
};

/// How far limits may be above requests.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The highest ratio of limit to request by resource.
    ratios: BTreeMap<String, u32>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { ratios: [("cpu".to_owned(), 10), ("memory".to_owned(), 4)].into() }
    }
}

check! {
    /// Limits are not far above requests.
    ///
    /// ## Why
    ///
    /// The scheduler counts requests, the node bears limits. Where many containers may use ten
    /// times what they request, a busy hour takes more than the node has, and the kernel kills.
    ///
    /// ## Fix
    ///
    /// Raise the request to what is really used, or lower the limit:
    ///
    /// ```yaml
    /// resources:
    ///   requests: {cpu: 200m, memory: 256Mi}
    ///   limits: {cpu: "1", memory: 512Mi}
    /// ```
    ///
    /// Found are regular containers and sidecars whose limit is more than 4 times their request of
    /// memory, or 10 times that of CPU. A resource without either is not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/policy/limit-range/>
    /// - Gatekeeper `containerresourceratios`, Kyverno `enforce-resources-as-ratio`
    "limit-request-ratio-high", Efficiency, Low, Standard, Workload(run),
    parameters: Parameters,
    remediation: "raise the request to what is used, or lower the limit",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { ratios } = context.parameters();
    let evidence = workload.running_containers().flat_map(|place| {
        let resources = place.container.resources.as_ref();
        ratios.iter().filter_map(move |(name, most)| {
            let found = excess(resources?, name, *most)?;
            let field = format!("resources/limits/{name}");
            Some(Evidence::in_container(
                &place,
                &field,
                found,
                format!("at most {most} times the request"),
            ))
        })
    });
    Verdict::of_containers(
        evidence,
        "has a limit far above its request",
        "have limits far above their requests",
    )
}

/// Limit and request, where the limit is more than `most` times the request.
fn excess(resources: &ResourceRequirements, name: &str, most: u32) -> Option<String> {
    let (request, limit) = (resources.request(name)?, resources.limit(name)?);
    let (least, value) = (request.millis()?, limit.millis()?);
    (least > 0 && value > least.checked_mul(most.into())?)
        .then(|| format!("{limit} with a request of {request}"))
}
