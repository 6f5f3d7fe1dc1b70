//! Checks that users write in CEL.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{LabelSelector, Severity, is_default, schema};

/// A check written in CEL, with the variables of a `ValidatingAdmissionPolicy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomCheck {
    /// The name of the check within the policy; the full id is `<policy>.<id>`.
    #[schemars(length(max = 32), regex(pattern = schema::NAME))]
    pub id: String,
    /// What the check demands, in a few words.
    #[schemars(length(min = 1, max = 80))]
    pub title: String,
    /// Why the check exists and how a finding is repaired.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 2048))]
    pub documentation: Option<String>,
    /// The group of checks that this one is listed under.
    #[serde(default = "default_category")]
    #[schemars(length(max = 32), regex(pattern = schema::NAME))]
    pub category: String,
    /// How bad a finding is.
    pub severity: Severity,
    /// The objects that are judged; one matching entry is enough.
    #[serde(rename = "match")]
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub matches: Vec<KindMatch>,
    /// Kinds whose objects the expressions may read beside the judged one.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "atomic"))]
    pub related_kinds: Vec<RelatedKind>,
    /// Constants that the expressions read as `params`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(schema_with = "schema::parameters")]
    pub params: Map<String, Value>,
    /// Expressions that are all true for an object that is judged.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
    )]
    pub match_conditions: Vec<NamedExpression>,
    /// Expressions that later ones read as `variables.<name>`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
    )]
    pub variables: Vec<NamedExpression>,
    /// Expressions that are true for a good object; each one that is false is a piece of evidence.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub validations: Vec<Validation>,
}

/// The category of a custom check that names none.
#[must_use]
pub fn default_category() -> String {
    "custom".to_owned()
}

/// Objects that a custom check judges; all given fields must agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KindMatch {
    /// The API groups; the core group is the empty text.
    #[schemars(length(min = 1, max = 16), inner(length(max = 253)))]
    pub api_groups: Vec<String>,
    /// The API versions that the expressions understand; absent, any.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 16), inner(length(max = 63)))]
    pub api_versions: Vec<String>,
    /// The kinds, for example `Deployment`.
    #[schemars(length(min = 1, max = 32), inner(length(min = 1, max = 63)))]
    pub kinds: Vec<String>,
    /// Selects objects by the labels of their namespace.
    #[serde(default, skip_serializing_if = "is_default")]
    pub namespace_selector: Option<LabelSelector>,
    /// Selects objects by their own labels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub object_selector: Option<LabelSelector>,
}

/// A kind whose objects a custom check reads beside the judged one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelatedKind {
    /// The API group; absent for the core group.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 253))]
    pub api_group: String,
    /// The API version; absent, the one that the cluster prefers.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 63))]
    pub api_version: Option<String>,
    /// The kind, for example `PodDisruptionBudget`; not `Secret`.
    #[schemars(length(min = 1, max = 63))]
    pub kind: String,
    /// Where its objects are looked for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scope: RelatedScope,
}

/// Where the objects of a related kind are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RelatedScope {
    /// In the namespace of the judged object; and those that are in no namespace.
    #[default]
    Namespace,
    /// In the whole cluster.
    Cluster,
}

/// A CEL expression with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedExpression {
    /// The name of the expression.
    #[schemars(length(max = 63), regex(pattern = schema::IDENTIFIER))]
    pub name: String,
    /// The CEL expression.
    #[schemars(length(min = 1, max = 2048))]
    pub expression: String,
}

/// A CEL expression that is true for a good object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Validation {
    /// The CEL expression.
    #[schemars(length(min = 1, max = 2048))]
    pub expression: String,
    /// The fact that holds when the expression is false.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 256))]
    pub message: Option<String>,
    /// A CEL expression that gives the message, and wins over it.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 2048))]
    pub message_expression: Option<String>,
    /// The field that the validation is about, as a JSON pointer.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 256))]
    pub path: Option<String>,
}
