//! What the controller reports about a policy.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Severity, is_default, limits};

/// What the controller reports about the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct AuditPolicyStatus {
    /// The generation of the policy that the status is about; -1 before the controller has looked.
    #[serde(skip_serializing_if = "is_default")]
    pub observed_generation: Option<i64>,
    /// Whether the controller does its job, and whether the objects are compliant.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"])
    )]
    pub conditions: Vec<Condition>,
    /// The last full audit.
    #[serde(skip_serializing_if = "is_default")]
    pub last_audit: Option<LastAudit>,
    /// When the next full audit starts.
    #[serde(skip_serializing_if = "is_default")]
    pub next_audit_at: Option<Time>,
    /// The last value of the annotation `holystone.dev/requestedAt` that was answered by a full audit.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::REQUEST))]
    pub last_handled_request: Option<String>,
    /// How many findings the policy asks for.
    #[serde(skip_serializing_if = "is_default")]
    pub findings: Option<Findings>,
    /// How much of what was judged passes, weighted by severity: 100 is everything.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(range(min = 0, max = 100))]
    pub score: Option<u32>,
    /// The kinds that are read, and how well.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::COVERAGE), extend("x-kubernetes-list-type" = "atomic"))]
    pub coverage: Vec<Coverage>,
    /// Exemptions of the policy that deserve a look: they match no finding, have ended, or match findings of
    /// more than 100 objects.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = limits::UNUSED_EXEMPTIONS),
        inner(length(max = limits::UNUSED_EXEMPTION)),
        extend("x-kubernetes-list-type" = "atomic")
    )]
    pub unused_exemptions: Vec<String>,
    /// Checks of the policy that cannot run.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = limits::REJECTED_CHECKS),
        extend("x-kubernetes-list-type" = "atomic")
    )]
    pub rejected_checks: Vec<RejectedCheck>,
}

/// One full audit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct LastAudit {
    /// Why the audit ran.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 32))]
    pub trigger: String,
    /// When the audit started.
    #[serde(skip_serializing_if = "is_default")]
    pub started_at: Option<Time>,
    /// When the audit was complete.
    #[serde(skip_serializing_if = "is_default")]
    pub completed_at: Option<Time>,
    /// How many objects were judged.
    #[schemars(range(min = 0))]
    pub objects: u64,
    /// How many pairs of check and object were judged.
    #[schemars(range(min = 0))]
    pub evaluations: u64,
}

/// How many findings a policy asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Findings {
    /// Open findings by severity.
    pub open: OpenFindings,
    /// Exempt findings.
    #[schemars(range(min = 0))]
    pub exempt: u32,
    /// Resolved findings whose items are still kept.
    #[schemars(range(min = 0))]
    pub resolved: u32,
    /// Open findings whose due date has passed.
    #[schemars(range(min = 0))]
    pub overdue: u32,
    /// Findings that have no item: below the floor, or beyond the budget.
    #[schemars(range(min = 0))]
    pub unmaterialised: u32,
}

/// Open findings by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct OpenFindings {
    /// Open critical findings.
    #[schemars(range(min = 0))]
    pub critical: u32,
    /// Open high findings.
    #[schemars(range(min = 0))]
    pub high: u32,
    /// Open medium findings.
    #[schemars(range(min = 0))]
    pub medium: u32,
    /// Open low findings.
    #[schemars(range(min = 0))]
    pub low: u32,
    /// Open info findings.
    #[schemars(range(min = 0))]
    pub info: u32,
}

impl OpenFindings {
    /// The count of a severity, to read or to raise.
    pub const fn of(&mut self, severity: Severity) -> &mut u32 {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        }
    }
}

/// How well one kind is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Coverage {
    /// The kind and its API group, for example `Deployment.apps`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 317))]
    pub kind: String,
    /// How many objects of the kind are audited.
    #[schemars(range(min = 0))]
    pub objects: u64,
    /// When the kind was last read completely.
    #[serde(skip_serializing_if = "is_default")]
    pub last_complete_at: Option<Time>,
    /// Why the kind cannot be read, or is stale.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::PROBLEM))]
    pub problem: Option<String>,
}

/// A check of a policy that cannot run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct RejectedCheck {
    /// The id of the check.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 63))]
    pub id: String,
    /// Why it cannot run.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::PROBLEM))]
    pub reason: String,
    /// The field of a custom check that is wrong.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::FIELD))]
    pub field: Option<String>,
    /// The line of the expression in that field, from 1.
    #[serde(skip_serializing_if = "is_default")]
    pub line: Option<u32>,
    /// The column in that line, counted in characters from 1.
    #[serde(skip_serializing_if = "is_default")]
    pub column: Option<u32>,
}
