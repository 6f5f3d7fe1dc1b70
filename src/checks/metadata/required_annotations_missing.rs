use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Kind, MetaField, Object as ClusterObject, RequiredKey},
};

/// Which annotations are required, and of what. Without a annotation nothing is judged.
#[derive(Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The annotations; all of them have to be there.
    annotations: Vec<RequiredKey>,
    /// The kinds that are judged; by default workloads and namespaces.
    kinds: Vec<Kind>,
    /// Whether pod templates need the annotations, too.
    pod_template: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        let kinds = Kind::WORKLOADS.iter().copied().chain([Kind::Namespace]).collect();
        Self { annotations: Vec::new(), kinds, pod_template: false }
    }
}

check! {
    /// Objects have the annotations that are required.
    ///
    /// ## Why
    ///
    /// Whom to call, where the runbook is, what it costs: annotations say it to people and tools, if
    /// they are there when they are needed.
    ///
    /// ## Fix
    ///
    /// Which annotations are required is for you to say; as long as the list is empty nothing is
    /// judged:
    ///
    /// ```yaml
    /// settings:
    ///   - check: required-annotations-missing
    ///     parameters:
    ///       annotations:
    ///         - {key: example.com/runbook, pattern: "https://*"}
    ///         - {key: example.com/contact}
    ///       kinds: [Deployment, StatefulSet, Namespace]
    ///       podTemplate: true     # also of the pods that a workload makes
    /// ```
    ///
    /// A pattern is a glob over the whole value: `*` and `?` match any characters, `[0-9]` one of a
    /// set, `{dev,prod}` one of several. An empty value never does. The value
    /// itself is never shown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/>
    /// - K8Guard `REQUIRED_*_ANNOTATIONS`
    "required-annotations-missing", Metadata, Low, Core, Object(Kind::ANY, run),
    parameters: Parameters,
    remediation: "add the annotations that the policy requires",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { annotations, kinds, pod_template } = context.parameters();
    if annotations.is_empty() || !kinds.contains(&object.kind) {
        return Verdict::NotApplicable;
    }
    let lacks = object.lacks(MetaField::Annotations, annotations, *pod_template);
    let mut keys: Vec<&str> = lacks.iter().map(|lack| lack.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let message = match (keys.as_slice(), lacks.as_slice()) {
        ([key], [first, ..]) => format!("annotation `{key}` is {}", first.found),
        (keys, _) => format!("annotations {} are not as required", enumerate(keys)),
    };
    let evidence =
        lacks.into_iter().map(|lack| Evidence::at(lack.path, lack.found, "required annotation"));
    Verdict::unless_empty(evidence.collect(), |_| message)
}
