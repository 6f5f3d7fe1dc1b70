use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Kind, MetaField, Object as ClusterObject, RequiredKey},
};

/// Which labels are required, and of what. Without a label nothing is judged.
#[derive(Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The labels; all of them have to be there.
    labels: Vec<RequiredKey>,
    /// The kinds that are judged; by default workloads and namespaces.
    kinds: Vec<Kind>,
    /// Whether pod templates need the labels, too.
    pod_template: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        let kinds = Kind::WORKLOADS.iter().copied().chain([Kind::Namespace]).collect();
        Self { labels: Vec::new(), kinds, pod_template: false }
    }
}

check! {
    /// Objects have the labels that are required.
    ///
    /// ## Why
    ///
    /// Labels are how everything is selected, counted and paid for: what lacks them is missing in
    /// every view by team, product or environment.
    ///
    /// ## Fix
    ///
    /// Which labels are required is for you to say; as long as the list is empty nothing is
    /// judged:
    ///
    /// ```yaml
    /// settings:
    ///   - check: required-labels-missing
    ///     parameters:
    ///       labels:
    ///         - {key: app.kubernetes.io/name}
    ///         - {key: environment, pattern: "{dev,test,prod}"}
    ///       kinds: [Deployment, StatefulSet, Namespace]
    ///       podTemplate: true     # also of the pods that a workload makes
    /// ```
    ///
    /// A pattern is a glob over the whole value: `*` and `?` match any characters, `[0-9]` one of a
    /// set, `{dev,prod}` one of several. An empty value never does.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>
    /// - K8Guard `REQUIRED_*_LABELS`
    "required-labels-missing", Metadata, Low, Core, Object(Kind::ANY, run),
    parameters: Parameters,
    remediation: "add the labels that the policy requires",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { labels, kinds, pod_template } = context.parameters();
    if labels.is_empty() || !kinds.contains(&object.kind) {
        return Verdict::NotApplicable;
    }
    let lacks = object.lacks(MetaField::Labels, labels, *pod_template);
    let mut keys: Vec<&str> = lacks.iter().map(|lack| lack.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let message = match (keys.as_slice(), lacks.as_slice()) {
        ([key], [first, ..]) => format!("label `{key}` is {}", first.found),
        (keys, _) => format!("labels {} are not as required", enumerate(keys)),
    };
    let evidence =
        lacks.into_iter().map(|lack| Evidence::at(lack.path, lack.found, "required label"));
    Verdict::unless_empty(evidence.collect(), |_| message)
}
