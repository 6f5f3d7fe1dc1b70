use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    api::OWNER_ANNOTATIONS,
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

/// Where the owner of a workload is named.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Keys of labels or annotations; one of them with a value is enough.
    keys: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { keys: OWNER_ANNOTATIONS.iter().map(ToString::to_string).collect() }
    }
}

check! {
    /// Workloads name their owner.
    ///
    /// ## Why
    ///
    /// Whoever is called at night has to know whom to wake. The owner of a workload is also the
    /// owner of its findings; without one they belong to the owner of the namespace.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// metadata:
    ///   annotations:
    ///     holystone.dev/owner: team-shop@example.com
    /// ```
    ///
    /// `owner`, `team`, `contact` and K8Guard's `team/email-ids` and `team/hipchat-ids` count too,
    /// as labels or annotations of the workload itself. An empty value does not. Where namespaces
    /// name their owners and that is enough, exclude this check.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>
    /// - kube-linter `required-label-owner`
    "owner-label-missing", Metadata, Low, Core, Workload(run),
    parameters: Parameters,
    remediation: "set the annotation `holystone.dev/owner` on the workload",
    rule: Rule::object("variables.params.keys.size() > 0 && !variables.params.keys.exists(key, \
        object.metadata.?annotations[?key].orValue('').trim() != '' || \
        object.metadata.?labels[?key].orValue('').trim() != '')")
        .with(|context| {
            let Parameters { keys } = context.parameters();
            serde_json::json!({ "keys": keys })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { keys } = context.parameters();
    let entries = [&workload.annotations, &workload.labels];
    let values = keys.iter().flat_map(|key| entries.map(|entries| entries.value(key)));
    if keys.is_empty() || values.flatten().any(|value| !value.trim().is_empty()) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/metadata/annotations", "no owner", keys.join(", "));
    Verdict::fail("workload names no owner", [evidence])
}
