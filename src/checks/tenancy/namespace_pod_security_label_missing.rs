use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, ValuePattern, is_system_namespace},
};

/// What else holds pods to a standard.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Globs of names of validating webhook configurations, for example
    /// `kyverno-resource-validating-webhook-cfg` or `gatekeeper-*`: where one exists, another engine
    /// holds pods to a standard, and no label is asked for.
    #[schemars(with = "Vec<String>")]
    policy_engines: Vec<ValuePattern>,
}

check! {
    /// Namespaces enforce a Pod Security Standard.
    ///
    /// ## Why
    ///
    /// Kubernetes enforces no Pod Security Standard where no label asks for one: whoever may create
    /// a pod in the namespace may create a privileged one, and own the node.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// metadata:
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: restricted
    ///     pod-security.kubernetes.io/enforce-version: latest
    /// ```
    ///
    /// `baseline` breaks little and stops the worst. Where another engine holds pods to a standard,
    /// name its webhook configuration:
    ///
    /// ```yaml
    /// settings:
    ///   - check: namespace-pod-security-label-missing
    ///     parameters: {policyEngines: [kyverno-resource-validating-webhook-cfg]}
    /// ```
    ///
    /// Namespaces of Kubernetes (`kube-…`) are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    /// - CIS Kubernetes Benchmark 1.12, 5.2.1
    /// - NSA/CISA Kubernetes Hardening Guide, Pod Security
    "namespace-pod-security-label-missing", Tenancy, Medium, Core,
    Related(Lookup {
        kinds: &[Kind::Namespace],
        reads: &[Kind::ValidatingWebhookConfiguration],
        run,
    }),
    parameters: Parameters,
    remediation: "label the namespace `pod-security.kubernetes.io/enforce: baseline` or `restricted`",
}

/// The label that has a standard enforced.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let FactBody::Namespace(namespace) = &facts.body else { return Verdict::NotApplicable };
    let labels = &namespace.labels;
    if is_system_namespace(&facts.key.name) {
        return Verdict::NotApplicable;
    }
    let Parameters { policy_engines } = context.parameters();
    let is_engine = |name: &str| policy_engines.iter().any(|engine| engine.matches(name));
    let mut webhooks = cluster.all(Kind::ValidatingWebhookConfiguration);
    if labels.value(ENFORCE).is_some_and(|level| !level.is_empty())
        || !policy_engines.is_empty() && webhooks.any(|facts| is_engine(&facts.key.name))
    {
        return Verdict::Pass;
    }
    if !policy_engines.is_empty() && !cluster.is_complete(Kind::ValidatingWebhookConfiguration) {
        return Verdict::Unknown("a policy engine may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/labels", format!("no label {ENFORCE}"), "restricted");
    Verdict::fail("namespace enforces no Pod Security Standard", [evidence])
}
