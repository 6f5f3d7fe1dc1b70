use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Quantity, ResourceRequirements, Workload},
};

/// Which resources have to be equal.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Names of resources, for example `memory`, `cpu` or `ephemeral-storage`.
    resources: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { resources: vec!["memory".to_owned()] }
    }
}

check! {
    /// Containers request as much as they are limited to.
    ///
    /// ## Why
    ///
    /// A container that may use more memory than it requests works until its node is full, and is
    /// then killed although it kept its limit. Equal values are promised, and where all are equal
    /// the pod is `Guaranteed`.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// resources:
    ///   requests: {memory: 512Mi}
    ///   limits: {memory: 512Mi}
    /// ```
    ///
    /// Values are compared, not texts: `1Gi` is `1024Mi`. A limit without a request is equal, since
    /// it becomes the request; a request without a limit is not. Regular containers and sidecars
    /// are judged where the pod as a whole has no limit.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/>
    /// - kube-score `container-resource-requests-equal-limits`, Kyverno `memory-requests-equal-limits`
    "requests-not-equal-limits", Efficiency, Info, Optional, Workload(run),
    parameters: Parameters,
    remediation: "set requests and limits to the same value",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { resources: names } = context.parameters();
    let of_pod = workload.pod().resources.as_ref();
    let evidence = workload.running_containers().flat_map(|place| {
        let resources = place.container.resources.as_ref();
        names.iter().filter_map(move |name| {
            let wanted = unequal(resources?, name)
                .filter(|_| of_pod.and_then(|pod| pod.limit(name)).is_none())?;
            let found = resources?.request(name).map(Quantity::to_string).unwrap_or_default();
            Some(Evidence::in_container(
                &place,
                &["resources/requests/", name].concat(),
                found,
                wanted,
            ))
        })
    });
    Verdict::of_containers(
        evidence,
        "requests something else than its limit",
        "request something else than their limits",
    )
}

/// The limit that a request differs from.
fn unequal(resources: &ResourceRequirements, name: &str) -> Option<String> {
    let request = resources.request(name)?;
    match resources.limit(name) {
        Some(limit) if limit.millis() == request.millis() => None,
        Some(limit) => Some(limit.to_string()),
        None => Some("an equal limit".to_owned()),
    }
}
