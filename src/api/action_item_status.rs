//! What the controller reports about a finding.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ItemCondition, Severity, is_default, limits};

/// What the controller reports about the finding.
// `with`: in the schema an optional enum would lose the words about its field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct ActionItemStatus {
    /// Where the finding is in its life; `Pending` until the controller has judged it.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "State")]
    pub state: Option<State>,
    /// Why the finding is in that state.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 32))]
    pub reason: Option<String>,
    /// The policies that ask for the finding, or did when it closed.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::POLICIES), inner(length(max = 30)))]
    pub policies: Vec<String>,
    /// How bad the finding is.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(with = "Severity")]
    pub severity: Option<Severity>,
    /// The severity as a number to sort by: 1 is critical, 5 is info.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(range(min = 1, max = 5))]
    pub severity_rank: Option<u32>,
    /// The group of checks that the check belongs to.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 32))]
    pub category: Option<String>,
    /// The fact that was found.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::MESSAGE))]
    pub message: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::REMEDIATION))]
    pub remediation: Option<String>,
    /// The fields of the target that fail the check.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::EVIDENCE))]
    pub evidence: Vec<Evidence>,
    /// How many further pieces of evidence are left out.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(range(min = 0))]
    pub evidence_truncated: u32,
    /// The exemption in force, whatever it comes from.
    #[serde(skip_serializing_if = "is_default")]
    pub exemption: Option<ExemptionInForce>,
    /// What people of the namespace accept by themselves, where a policy limits how long.
    #[serde(skip_serializing_if = "is_default")]
    pub self_accepted: Option<SelfAccepted>,
    /// Who is responsible for the target, by annotations or labels of the target or of its namespace.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::OWNER))]
    pub owner: Option<String>,
    /// What deployed the target, as known when the item opened.
    #[serde(skip_serializing_if = "is_default")]
    pub source: Option<Source>,
    /// When the finding was first seen.
    #[serde(skip_serializing_if = "is_default")]
    pub first_seen: Option<Time>,
    /// When the finding was last opened.
    #[serde(skip_serializing_if = "is_default")]
    pub opened_at: Option<Time>,
    /// When the finding was resolved.
    #[serde(skip_serializing_if = "is_default")]
    pub resolved_at: Option<Time>,
    /// When the finding should be resolved.
    #[serde(skip_serializing_if = "is_default")]
    pub due_at: Option<Time>,
    /// How often the finding came back after it was fixed.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(range(min = 0))]
    pub times_reopened: u32,
    /// Which notifications about the finding were sent.
    #[serde(skip_serializing_if = "is_default")]
    pub notified: Option<Notified>,
    /// `Resolved`, for `kubectl wait`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 4),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"])
    )]
    pub conditions: Vec<ItemCondition>,
}

impl ActionItemStatus {
    /// Whether the finding is open, and should not be any more.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let is_past = self.due_at.as_ref().is_some_and(|due| due.0 <= now);
        is_past && self.state == Some(State::Open)
    }
}

/// Where a finding is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum State {
    /// The controller has not judged it yet.
    Pending,
    /// Something is to be done.
    Open,
    /// It is accepted, for now or for good.
    Exempt,
    /// Nothing is left to do.
    Resolved,
}

impl State {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Open, Self::Exempt, Self::Resolved];

    /// The name in manifests and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Open => "Open",
            Self::Exempt => "Exempt",
            Self::Resolved => "Resolved",
        }
    }
}

/// Why a finding is in its state.
// The status holds it as text: an older controller reads the reasons of a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Open: the check fails.
    Failing,
    /// Exempt by a decision on the item.
    Dismissed,
    /// Exempt by a policy or an annotation.
    Exempted,
    /// Resolved: the check passes.
    Fixed,
    /// Resolved: there was a decision but never a finding.
    NoFinding,
    /// Resolved: the target is gone.
    TargetDeleted,
    /// Resolved: no policy selects the target any more.
    OutOfScope,
    /// Resolved: no policy asks for the check at this severity any more.
    CheckDisabled,
    /// Resolved: the target has an owner now, and the finding is reported there.
    Superseded,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Failing,
        Self::Dismissed,
        Self::Exempted,
        Self::Fixed,
        Self::NoFinding,
        Self::TargetDeleted,
        Self::OutOfScope,
        Self::CheckDisabled,
        Self::Superseded,
    ];

    /// The name in `status.reason`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "Failing",
            Self::Dismissed => "Dismissed",
            Self::Exempted => "Exempted",
            Self::Fixed => "Fixed",
            Self::NoFinding => "NoFinding",
            Self::TargetDeleted => "TargetDeleted",
            Self::OutOfScope => "OutOfScope",
            Self::CheckDisabled => "CheckDisabled",
            Self::Superseded => "Superseded",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// The state that the reason explains.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Failing => State::Open,
            Self::Dismissed | Self::Exempted => State::Exempt,
            Self::Fixed
            | Self::NoFinding
            | Self::TargetDeleted
            | Self::OutOfScope
            | Self::CheckDisabled
            | Self::Superseded => State::Resolved,
        }
    }
}

/// A field of the target that fails the check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Evidence {
    /// The field, as a JSON pointer.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::EVIDENCE_PATH))]
    pub path: String,
    /// The container that the field belongs to.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 63))]
    pub container: Option<String>,
    /// What the field holds.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::EVIDENCE_VALUE))]
    pub found: Option<String>,
    /// What it should hold.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::EVIDENCE_VALUE))]
    pub wanted: Option<String>,
}

/// The exemption in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ExemptionInForce {
    /// Where the exemption is written: `policy`, `annotation` or `decision`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 32))]
    pub from: Option<String>,
    /// Why the finding is accepted.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 32))]
    pub reason: Option<String>,
    /// What a reader should know.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::EXEMPTION_NOTE))]
    pub note: Option<String>,
    /// When the controller first saw the exemption.
    #[serde(skip_serializing_if = "is_default")]
    pub since: Option<Time>,
    /// When the exemption ends and the finding opens again.
    #[serde(skip_serializing_if = "is_default")]
    pub until: Option<Time>,
}

/// What people of a namespace accept by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SelfAccepted {
    /// When the controller first saw it: `selfService.maxDuration` of a policy counts from here.
    #[serde(skip_serializing_if = "is_default")]
    pub since: Option<Time>,
    /// What it says, as a hash: when that changes, the time counts anew.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 32))]
    pub digest: Option<String>,
}

/// Where an exemption is written.
// The status holds it as text, for the same reason as `Reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExemptionOrigin {
    /// In `spec.exemptions` of a policy.
    Policy,
    /// In an annotation of the audited object.
    Annotation,
    /// In `spec.decision` of the item.
    Decision,
}

impl ExemptionOrigin {
    /// Every origin.
    pub const ALL: [Self; 3] = [Self::Policy, Self::Annotation, Self::Decision];

    /// The name in `status.exemption.from`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Annotation => "annotation",
            Self::Decision => "decision",
        }
    }

    /// The origin of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == name)
    }
}

/// What deployed the target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Source {
    /// The tool, for example `flux`, `argocd` or `helm`.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 16))]
    pub tool: Option<String>,
    /// The kind of the tool's own object.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 63))]
    pub kind: Option<String>,
    /// The namespace of the tool's own object.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 63))]
    pub namespace: Option<String>,
    /// The name of the tool's own object.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 253))]
    pub name: Option<String>,
    /// The address of the repository.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::SOURCE_LOCATION))]
    pub url: Option<String>,
    /// The path in the repository.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = limits::SOURCE_LOCATION))]
    pub path: Option<String>,
}

/// Which notifications were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Notified {
    /// How many notifications were sent.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(range(min = 0))]
    pub count: u32,
    /// When the last one was sent.
    #[serde(skip_serializing_if = "is_default")]
    pub last_at: Option<Time>,
    /// What the last one said, as a hash.
    #[serde(skip_serializing_if = "is_default")]
    #[schemars(length(max = 32))]
    pub digest: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_written_that_is_not_set() {
        assert_eq!(json!(ActionItemStatus::default()), json!({}));
        assert_eq!(json!(Evidence::default()), json!({}));
        assert_eq!(json!(ExemptionInForce::default()), json!({}));
        assert_eq!(json!(Source::default()), json!({}));
        assert_eq!(json!(Notified::default()), json!({}));
    }

    #[test]
    fn names_are_those_of_the_manifests() {
        for state in State::ALL {
            assert_eq!(json!(state), state.as_str());
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        for origin in ExemptionOrigin::ALL {
            assert_eq!(ExemptionOrigin::parse(origin.as_str()), Some(origin));
        }
        assert_eq!(Reason::parse("Moved"), None);
    }

    #[test]
    fn a_reason_of_a_newer_controller_is_kept() {
        let written = json!({"state": "Resolved", "reason": "Moved", "later": true});
        let status: ActionItemStatus = serde_json::from_value(written).unwrap();
        assert_eq!(status.reason.as_deref(), Some("Moved"));
    }
}
