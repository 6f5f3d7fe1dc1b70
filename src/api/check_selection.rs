//! Which checks a policy runs, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{CustomCheck, Severity, is_default, schema};

/// The profile that a policy uses unless it says otherwise.
pub const RECOMMENDED: &str = "recommended";

/// The profiles that a policy may name.
pub const PROFILES: [&str; 8] =
    [RECOMMENDED, "k8guard", "polaris", "pss-baseline", "pss-restricted", "cis", "nsa", "all"];

/// The checks that a policy runs.
// Profiles are text here: an older controller reads a policy that names a newer one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Checks {
    /// Named sets of checks to start from; an empty list starts from none.
    #[schemars(
        length(max = 8),
        extend("items" = schema::profile(), "x-kubernetes-list-type" = "set")
    )]
    pub profiles: Vec<String>,
    /// Ids, globs or categories of checks to run on top of the profiles.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 256),
        inner(length(min = 1, max = 63)),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub include: Vec<String>,
    /// Ids, globs or categories of checks not to run.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 256),
        inner(length(min = 1, max = 63)),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub exclude: Vec<String>,
    /// Severities and parameters of single checks.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 256),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["check"])
    )]
    pub settings: Vec<CheckSetting>,
    /// Checks of your own, written in CEL.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 64),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["id"])
    )]
    pub custom: Vec<CustomCheck>,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            profiles: vec![RECOMMENDED.to_owned()],
            include: Vec::new(),
            exclude: Vec::new(),
            settings: Vec::new(),
            custom: Vec::new(),
        }
    }
}

/// How one check runs under a policy.
// `with`: in the schema an optional enum would lose the words about its field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckSetting {
    /// The id of the check; that of a custom check is `<policy>.<id>`.
    #[schemars(length(min = 1, max = 63))]
    pub check: String,
    /// The severity of the findings, in place of the severity of the check.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(with = "Severity")]
    pub severity: Option<Severity>,
    /// The parameters of the check; `holystone checks <id>` prints their schema.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(schema_with = "schema::parameters")]
    pub parameters: Map<String, Value>,
}
