//! Findings that a policy accepts.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LabelSelector, is_default, schema};

/// Findings that are accepted: they stay visible in state `Exempt`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exemption {
    /// Ids, globs or categories of the checks.
    #[schemars(length(min = 1, max = 64), inner(length(min = 1, max = 63)))]
    pub checks: Vec<String>,
    /// Names or globs of the namespaces; absent, all.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 63)))]
    pub namespaces: Vec<String>,
    /// Selects the namespaces by their labels; with `namespaces`, both must agree. Objects that are in no
    /// namespace are not selected.
    #[serde(default, skip_serializing_if = "is_default")]
    pub namespace_selector: Option<LabelSelector>,
    /// Selects the objects by their own labels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub objects: Option<LabelSelector>,
    /// Names or globs of the objects; absent, all.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 253)))]
    pub names: Vec<String>,
    /// Kinds of the objects; absent, all.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 32), inner(length(min = 1, max = 63)))]
    pub kinds: Vec<String>,
    /// Why the findings are accepted.
    pub reason: ExemptionReason,
    /// What a reader should know, for example a ticket.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 512))]
    pub note: Option<String>,
    /// The last day (UTC) or the moment of the exemption; absent, it does not end.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 40), extend("x-kubernetes-validations" = schema::until()))]
    pub until: Option<String>,
}

/// Why a finding is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExemptionReason {
    /// Something else defends what the check defends.
    CompensatingControl,
    /// It is wrong, and stays so.
    WillNotFix,
    /// It is meant to be so.
    WorkingAsIntended,
    /// The risk is known and taken.
    RiskAccepted,
    /// The check is wrong.
    FalsePositive,
}

impl ExemptionReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::CompensatingControl,
        Self::WillNotFix,
        Self::WorkingAsIntended,
        Self::RiskAccepted,
        Self::FalsePositive,
    ];

    /// The name in manifests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CompensatingControl => "compensating-control",
            Self::WillNotFix => "will-not-fix",
            Self::WorkingAsIntended => "working-as-intended",
            Self::RiskAccepted => "risk-accepted",
            Self::FalsePositive => "false-positive",
        }
    }
}

impl fmt::Display for ExemptionReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_manifests() {
        for reason in ExemptionReason::ALL {
            assert_eq!(serde_json::json!(reason), reason.as_str());
        }
    }
}
