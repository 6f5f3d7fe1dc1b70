//! `AuditPolicy`: what is audited, by which checks and when.

use std::fmt;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{AuditPolicyStatus, Checks, Exemption, Scope, Severity, is_default, schema};

/// The schedule of a policy that names none.
pub const DEFAULT_SCHEDULE: &str = "@hourly";
/// The time zone of a schedule that names none.
pub const DEFAULT_TIME_ZONE: &str = "Etc/UTC";
/// How long resolved items are kept by default.
pub const DEFAULT_RETENTION: &str = "168h";

/// What is audited, by which checks and when.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "holystone.dev",
    version = "v1alpha1",
    kind = "AuditPolicy",
    plural = "auditpolicies",
    shortname = "apol",
    category = "holystone",
    doc = "An AuditPolicy says which objects of the cluster are audited, by which checks and when.",
    status = "AuditPolicyStatus",
    derive = "PartialEq",
    derive = "Default",
    printcolumn(name = "Schedule", type_ = "string", json_path = ".spec.schedule"),
    printcolumn(name = "Suspend", type_ = "boolean", json_path = ".spec.suspend"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Compliant",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Compliant\")].status"
    ),
    printcolumn(
        name = "Critical",
        type_ = "integer",
        json_path = ".status.findings.open.critical"
    ),
    printcolumn(name = "High", type_ = "integer", json_path = ".status.findings.open.high"),
    printcolumn(name = "Score", type_ = "integer", json_path = ".status.score"),
    printcolumn(name = "Last-Audit", type_ = "date", json_path = ".status.lastAudit.completedAt"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Next", type_ = "string", json_path = ".status.nextAuditAt", priority = 1),
    printcolumn(
        name = "Message",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = 1
    )
)]
#[serde(default, rename_all = "camelCase")]
#[allow(clippy::duplicated_attributes, reason = "every printed column has a type and a path")]
pub struct AuditPolicySpec {
    /// When everything is read and judged again: five cron fields, or a name such as `@hourly`.
    #[schemars(length(max = 128), extend("x-kubernetes-validations" = schema::schedule()))]
    pub schedule: String,
    /// The IANA time zone of the schedule.
    #[schemars(
        length(min = 1, max = 64),
        extend("x-kubernetes-validations" = schema::time_zone())
    )]
    pub time_zone: String,
    /// Whether objects are also judged as soon as they change.
    pub watch: bool,
    /// Whether the policy rests: it asks for nothing new, and items that only it asks for stay as they are.
    pub suspend: bool,
    /// The objects that are audited.
    #[schemars(extend("default" = json!({})))]
    pub scope: Scope,
    /// The checks that run.
    #[schemars(extend("default" = json!({})))]
    pub checks: Checks,
    /// The lowest severity that becomes an `ActionItem`; lower findings are only counted.
    pub severity_floor: Severity,
    /// How long an open finding of each severity may stay; without an entry it has no due date.
    #[serde(skip_serializing_if = "is_default")]
    pub due: Due,
    /// How long a resolved item is kept.
    #[schemars(
        length(max = 16),
        regex(pattern = schema::DURATION),
        extend("x-kubernetes-validations" = schema::retention())
    )]
    pub retention: String,
    /// Findings that are accepted: they stay visible in state `Exempt`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "atomic"))]
    pub exemptions: Vec<Exemption>,
    /// What the people of a namespace may exempt by themselves; every asking policy must allow it.
    #[schemars(extend("default" = json!({})))]
    pub self_service: SelfService,
}

impl Default for AuditPolicySpec {
    fn default() -> Self {
        Self {
            schedule: DEFAULT_SCHEDULE.to_owned(),
            time_zone: DEFAULT_TIME_ZONE.to_owned(),
            watch: true,
            suspend: false,
            scope: Scope::default(),
            checks: Checks::default(),
            severity_floor: Severity::Low,
            due: Due::default(),
            retention: DEFAULT_RETENTION.to_owned(),
            exemptions: Vec::new(),
            self_service: SelfService::default(),
        }
    }
}

/// How long an open finding of each severity may stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Due {
    /// How long a critical finding may stay open.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        regex(pattern = schema::DURATION),
        extend("x-kubernetes-validations" = schema::positive_duration())
    )]
    pub critical: Option<String>,
    /// How long a high finding may stay open.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        regex(pattern = schema::DURATION),
        extend("x-kubernetes-validations" = schema::positive_duration())
    )]
    pub high: Option<String>,
    /// How long a medium finding may stay open.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        regex(pattern = schema::DURATION),
        extend("x-kubernetes-validations" = schema::positive_duration())
    )]
    pub medium: Option<String>,
    /// How long a low finding may stay open.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        regex(pattern = schema::DURATION),
        extend("x-kubernetes-validations" = schema::positive_duration())
    )]
    pub low: Option<String>,
    /// How long an info finding may stay open.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        regex(pattern = schema::DURATION),
        extend("x-kubernetes-validations" = schema::positive_duration())
    )]
    pub info: Option<String>,
}

impl Due {
    /// How long a finding of that severity may stay open, as written.
    #[must_use]
    pub fn of(&self, severity: Severity) -> Option<&str> {
        match severity {
            Severity::Critical => self.critical.as_deref(),
            Severity::High => self.high.as_deref(),
            Severity::Medium => self.medium.as_deref(),
            Severity::Low => self.low.as_deref(),
            Severity::Info => self.info.as_deref(),
        }
    }
}

/// What the people of a namespace may exempt by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SelfService {
    /// Whether `holystone.dev/exempt` annotations on audited objects count.
    pub annotations: SelfServiceMode,
    /// Whether `spec.decision` of an `ActionItem` counts.
    pub decisions: SelfServiceMode,
    /// The longest time such an exemption lasts; a later or absent end is cut to it.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 16),
        regex(pattern = schema::DURATION),
        extend("x-kubernetes-validations" = schema::positive_duration())
    )]
    pub max_duration: Option<String>,
}

/// Whether people may exempt by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SelfServiceMode {
    /// They may.
    #[default]
    Allow,
    /// They may if they say why.
    RequireNote,
    /// They may not.
    Deny,
}

impl SelfServiceMode {
    /// The name in manifests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::RequireNote => "require-note",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for SelfServiceMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_means_the_defaults() {
        let spec: AuditPolicySpec = serde_json::from_value(json!({})).unwrap();
        assert_eq!(spec, AuditPolicySpec::default());
        assert_eq!(
            json!(spec),
            json!({
                "schedule": "@hourly",
                "timeZone": "Etc/UTC",
                "watch": true,
                "suspend": false,
                "scope": {"namespaces": {
                    "exclude": ["kube-system", "kube-public", "kube-node-lease"],
                }},
                "checks": {"profiles": ["recommended"]},
                "severityFloor": "low",
                "retention": "168h",
                "selfService": {"annotations": "allow", "decisions": "allow"},
            })
        );
    }

    #[test]
    fn nested_objects_get_their_defaults_too() {
        let written = json!({"scope": {"namespaces": {"include": ["team-*"]}}, "checks": {}});
        let spec: AuditPolicySpec = serde_json::from_value(written).unwrap();
        assert_eq!(spec.scope.namespaces.exclude.len(), 3);
        assert_eq!(spec.checks, Checks::default());
    }

    #[test]
    fn an_empty_list_replaces_a_default() {
        let written = json!({
            "scope": {"namespaces": {"exclude": []}},
            "checks": {"profiles": []},
        });
        let spec: AuditPolicySpec = serde_json::from_value(written).unwrap();
        assert!(spec.scope.namespaces.exclude.is_empty() && spec.checks.profiles.is_empty());
        let again: AuditPolicySpec = serde_json::from_value(json!(spec)).unwrap();
        assert_eq!(again, spec);
    }

    #[test]
    fn fields_of_a_newer_version_are_ignored() {
        let written = json!({"later": 1, "scope": {"later": 2}, "selfService": {"later": 3}});
        let spec: AuditPolicySpec = serde_json::from_value(written).unwrap();
        assert_eq!(spec, AuditPolicySpec::default());
    }
}
