//! The two kinds of `admissionregistration.k8s.io/v1` that are written, as far as we fill them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::LabelSelector;

use super::Told;

const API_VERSION: &str = "admissionregistration.k8s.io/v1";

/// What the API server does about a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Action {
    /// It writes it into its audit log.
    Audit,
    /// It refuses the object.
    Deny,
    /// It warns whoever sent the object.
    Warn,
}

/// An object that is exported.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Document {
    /// What is demanded.
    Policy(ValidatingPolicy),
    /// Where, and what is done about it.
    Binding(Binding),
}

/// A `ValidatingAdmissionPolicy`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct ValidatingPolicy {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: Metadata,
    pub spec: ValidatingPolicySpec,
}

/// Its `spec`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct ValidatingPolicySpec {
    pub failure_policy: FailurePolicy,
    pub match_constraints: Constraints,
    pub match_conditions: Vec<Named>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Named>,
    pub validations: Vec<Validation>,
}

/// A `ValidatingAdmissionPolicyBinding`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct Binding {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: Metadata,
    pub spec: BindingSpec,
}

/// Its `spec`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct BindingSpec {
    pub policy_name: String,
    pub validation_actions: Vec<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_resources: Option<Resources>,
}

/// Name, labels and annotations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metadata {
    name: String,
    labels: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<&'static str, String>,
}

/// What an expression that fails means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum FailurePolicy {
    /// The object is refused.
    Fail,
    /// It is not.
    Ignore,
}

/// What a policy is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct Constraints {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_selector: Option<LabelSelector>,
    pub resource_rules: Vec<ResourceRule>,
}

/// Where a binding holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct Resources {
    pub namespace_selector: LabelSelector,
}

/// Objects of some groups, and what is done with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct ResourceRule {
    pub api_groups: Vec<String>,
    pub api_versions: Vec<String>,
    pub resources: Vec<String>,
    pub operations: [&'static str; 2],
    pub scope: ResourceScope,
}

/// Whether objects are in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub enum ResourceScope {
    #[serde(rename = "*")]
    Any,
    Namespaced,
}

/// A condition or a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct Named {
    pub name: String,
    pub expression: String,
}

impl Named {
    pub(super) fn new(name: impl Into<String>, expression: impl Into<String>) -> Self {
        Self { name: name.into(), expression: expression.into() }
    }
}

/// What is demanded of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as in Kubernetes")]
pub struct Validation {
    pub expression: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_expression: Option<String>,
    pub reason: &'static str,
}

impl Validation {
    /// What is not allowed is forbidden.
    pub(super) const REASON: &'static str = "Forbidden";
}

/// `<policy>.<check>`, with a number where one check becomes several policies.
pub(super) fn name(policy: &str, check: &str, index: usize) -> String {
    let start = format!("{policy}.");
    let prefix = if check.starts_with(&start) { "" } else { &start };
    let number = if index == 0 { String::new() } else { format!(".{}", index + 1) };
    format!("{prefix}{check}{number}")
}

impl Metadata {
    pub(super) fn of(name: String, told: &Told<'_>) -> Self {
        let Told { id, category, severity, title, documentation } = told;
        let labels = [("holystone.dev/check", (*id).to_owned())];
        let annotations = [
            ("holystone.dev/category", *category),
            ("holystone.dev/severity", severity.as_str()),
            ("holystone.dev/title", title),
            ("holystone.dev/documentation", documentation),
        ];
        let annotations = annotations.into_iter().filter(|(_, text)| !text.is_empty());
        Self {
            name,
            labels: labels.into(),
            annotations: annotations.map(|(key, text)| (key, text.to_owned())).collect(),
        }
    }
}

impl ValidatingPolicy {
    pub(super) fn new(metadata: Metadata, spec: ValidatingPolicySpec) -> Self {
        Self { api_version: API_VERSION, kind: "ValidatingAdmissionPolicy", metadata, spec }
    }
}

impl Binding {
    pub(super) fn of(
        policy: &Metadata,
        actions: &[Action],
        namespaces: Option<LabelSelector>,
    ) -> Self {
        let spec = BindingSpec {
            policy_name: policy.name.clone(),
            validation_actions: actions.to_vec(),
            match_resources: namespaces.map(|namespace_selector| Resources { namespace_selector }),
        };
        let metadata = Metadata { annotations: BTreeMap::new(), ..policy.clone() };
        let kind = "ValidatingAdmissionPolicyBinding";
        Self { api_version: API_VERSION, kind, metadata, spec }
    }
}

impl FailurePolicy {
    pub(super) fn of(is_closed: bool) -> Self {
        if is_closed { Self::Fail } else { Self::Ignore }
    }
}
