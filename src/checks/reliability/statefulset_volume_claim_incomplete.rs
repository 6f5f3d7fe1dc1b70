use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

/// What claims need beside size and access modes.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Keys of annotations that each template has to have, with a value.
    annotations: Vec<String>,
}

check! {
    /// Volume claims of StatefulSets say how much they need, and for whom.
    ///
    /// ## Why
    ///
    /// The API server takes a template without size or access modes, and refuses each claim that is
    /// made from it: the pods wait for ever.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// volumeClaimTemplates:
    ///   - metadata: {name: data}
    ///     spec:
    ///       accessModes: [ReadWriteOncePod]
    ///       resources: {requests: {storage: 10Gi}}
    /// ```
    ///
    /// Found are `volumeClaimTemplates` without `resources.requests.storage` or without `accessModes`.
    /// A policy can demand annotations, for example for a backup:
    ///
    /// ```yaml
    /// settings:
    ///   - check: statefulset-volume-claim-incomplete
    ///     parameters: {annotations: [backup.example.com/schedule]}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates>
    /// - KubeLinter `statefulset-volumeclaimtemplate-annotation`
    "statefulset-volume-claim-incomplete", Reliability, Low, Standard,
    Object(&[Kind::StatefulSet], run),
    parameters: Parameters,
    remediation: "set `accessModes` and `resources.requests.storage` in each claim template",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let Parameters { annotations } = context.parameters();
    if workload.volume_claim_templates.is_empty() {
        return Verdict::NotApplicable;
    }
    let mut evidence = Vec::new();
    for (index, claim) in workload.volume_claim_templates.iter().enumerate() {
        let path = |field: &str| format!("/spec/volumeClaimTemplates/{index}/{field}");
        let requests =
            claim.spec.resources.as_ref().and_then(|resources| resources.requests.as_ref());
        if requests.and_then(|requests| requests.get("storage")).is_none() {
            let path = path("spec/resources/requests/storage");
            evidence.push(Evidence::at(path, "none", "a size"));
        }
        if claim.spec.access_modes.is_empty() {
            evidence.push(Evidence::at(path("spec/accessModes"), "none", "an access mode"));
        }
        let has = |key: &String| {
            claim.metadata.annotations.value(key).is_some_and(|value| !value.trim().is_empty())
        };
        for key in annotations.iter().filter(|key| !has(key)) {
            let pointer = key.replace('~', "~0").replace('/', "~1");
            let path = path(&format!("metadata/annotations/{pointer}"));
            evidence.push(Evidence::at(path, "none", "a value"));
        }
    }
    Verdict::unless_empty(evidence, |_| "a volume claim template is not complete".to_owned())
}
