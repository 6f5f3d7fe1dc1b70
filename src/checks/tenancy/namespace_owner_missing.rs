use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    api::OWNER_ANNOTATIONS,
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Kind, Object as ClusterObject, is_system_namespace},
};

/// Where the owner of a namespace is named.
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
    /// Namespaces name their owner.
    ///
    /// ## Why
    ///
    /// A finding that belongs to nobody is fixed by nobody. The owner of a namespace is also the
    /// owner of every finding in it that names none.
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
    /// as labels or annotations. An empty value does not. Namespaces of Kubernetes (`kube-…`) are not
    /// judged.
    ///
    /// ## References
    ///
    /// - K8Guard `NO_OWNER_ANNOTATION`
    "namespace-owner-missing", Tenancy, Medium, Core, Object(&[Kind::Namespace], run),
    parameters: Parameters,
    remediation: "set the annotation `holystone.dev/owner` on the namespace",
    rule: Rule::object("variables.params.keys.size() > 0 && !variables.params.keys.exists(key, \
        object.metadata.?annotations[?key].orValue('').trim() != '' || \
        object.metadata.?labels[?key].orValue('').trim() != '')")
        .when("!(object.metadata.name in ['kube-system', 'kube-public', 'kube-node-lease'])")
        .with(|context| {
            let Parameters { keys } = context.parameters();
            serde_json::json!({ "keys": keys })
        }),
}

fn run(namespace: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { keys } = context.parameters();
    let meta = &namespace.meta;
    if is_system_namespace(&meta.name) || keys.is_empty() {
        return Verdict::NotApplicable;
    }
    let has_owner = keys.iter().any(|key| {
        [&meta.annotations, &meta.labels]
            .into_iter()
            .filter_map(|entries| entries.value(key))
            .any(|value| !value.trim().is_empty())
    });
    if has_owner {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/metadata/annotations", "no owner", keys.join(", "));
    Verdict::fail("namespace names no owner", [evidence])
}
