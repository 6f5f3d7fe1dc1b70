//! Label selectors, as Kubernetes writes them, with limits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{is_default, schema};

/// Selects objects by their labels; an empty one selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct LabelSelector {
    /// Labels that an object carries with exactly these values.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(extend("additionalProperties" = schema::label_value(), "maxProperties" = 16))]
    pub match_labels: BTreeMap<String, String>,
    /// Requirements that the labels of an object all meet.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "atomic"))]
    pub match_expressions: Vec<SelectorRequirement>,
}

/// One requirement on the labels of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = schema::selector_values()))]
pub struct SelectorRequirement {
    /// The label that the requirement is about.
    #[schemars(length(max = 317))]
    pub key: String,
    /// How the label relates to the values.
    pub operator: SelectorOperator,
    /// The values of `In` and `NotIn`; absent for `Exists` and `DoesNotExist`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 64),
        inner(length(max = 63)),
        extend("x-kubernetes-list-type" = "atomic")
    )]
    pub values: Vec<String>,
}

/// How a label relates to the values of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum SelectorOperator {
    /// The label is set to one of the values.
    In,
    /// The label is absent or set to none of the values.
    NotIn,
    /// The label is set.
    Exists,
    /// The label is absent.
    DoesNotExist,
}
