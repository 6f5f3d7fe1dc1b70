//! `ActionItem`: one finding, with its life.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ActionItemStatus, ExemptionReason, is_default, schema};

/// What the finding is about, and what people decided.
#[derive(
    CustomResource, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema,
)]
#[kube(
    group = "holystone.dev",
    version = "v1alpha1",
    kind = "ActionItem",
    plural = "actionitems",
    shortname = "ai",
    category = "holystone",
    namespaced,
    doc = "An ActionItem is one finding: a check that an object of the cluster fails.",
    status = "ActionItemStatus",
    derive = "PartialEq",
    derive = "Default",
    selectable = ".spec.check",
    selectable = ".spec.target.kind",
    selectable = ".spec.target.name",
    selectable = ".spec.assignee",
    selectable = ".status.state",
    selectable = ".status.severity",
    selectable = ".status.category",
    selectable = ".status.owner",
    printcolumn(name = "Severity", type_ = "string", json_path = ".status.severity"),
    printcolumn(name = "State", type_ = "string", json_path = ".status.state"),
    printcolumn(name = "Check", type_ = "string", json_path = ".spec.check"),
    printcolumn(name = "Kind", type_ = "string", json_path = ".spec.target.kind"),
    printcolumn(name = "Target", type_ = "string", json_path = ".spec.target.name"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Opened", type_ = "date", json_path = ".status.openedAt", priority = 1),
    printcolumn(name = "Due", type_ = "string", json_path = ".status.dueAt", priority = 1),
    printcolumn(name = "Assignee", type_ = "string", json_path = ".spec.assignee", priority = 1),
    printcolumn(name = "Owner", type_ = "string", json_path = ".status.owner", priority = 1),
    printcolumn(name = "Policies", type_ = "string", json_path = ".status.policies", priority = 1),
    printcolumn(name = "Message", type_ = "string", json_path = ".status.message", priority = 1)
)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::duplicated_attributes, reason = "every printed column has a type and a path")]
pub struct ActionItemSpec {
    /// The id of the check that the target fails; that of a custom check is `<policy>.<id>`.
    #[schemars(
        length(max = 63),
        regex(pattern = schema::CHECK_ID),
        extend("x-kubernetes-validations" = schema::immutable("check"))
    )]
    pub check: String,
    /// The object that the finding is about.
    #[schemars(extend("x-kubernetes-validations" = schema::immutable("target")))]
    pub target: Target,
    /// Who takes care of the finding.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 128))]
    pub assignee: Option<String>,
    /// A decision to accept the finding; while it is in force the item is in state `Exempt`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decision: Option<Decision>,
    /// Where the finding is discussed or worked on.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(
        length(max = 5),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
    )]
    pub links: Vec<Link>,
}

/// The object that a finding is about, without its API version.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct Target {
    /// The API group of the object; absent for the core group.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 253))]
    pub group: String,
    /// The kind of the object.
    #[schemars(length(min = 1, max = 63))]
    pub kind: String,
    /// The namespace of the object; absent for a cluster-scoped one.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 63))]
    pub namespace: Option<String>,
    /// The name of the object.
    #[schemars(length(min = 1, max = 512))]
    pub name: String,
}

/// A decision to accept a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct Decision {
    /// Why the finding is accepted.
    pub reason: ExemptionReason,
    /// What a reader should know, for example a ticket.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 512))]
    pub note: Option<String>,
    /// The last day (UTC) or the moment of the decision; absent, it does not end.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 40), extend("x-kubernetes-validations" = schema::until()))]
    pub until: Option<String>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(length(max = 253))]
    pub by: Option<String>,
}

/// A place where a finding is discussed or worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// What the place is, for example `jira`.
    #[schemars(length(min = 1, max = 32))]
    pub name: String,
    /// Its address.
    #[schemars(length(max = 256), regex(pattern = schema::WEB_ADDRESS))]
    pub url: String,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn whole_item() -> Value {
        json!({
            "apiVersion": "holystone.dev/v1alpha1",
            "kind": "ActionItem",
            "metadata": {"name": "web-privileged-container-x7k2m9qv4t", "namespace": "shop"},
            "spec": {
                "check": "privileged-container",
                "target": {
                    "group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web",
                },
                "assignee": "alice@example.com",
                "decision": {
                    "reason": "risk-accepted", "note": "until the new node pool",
                    "until": "2027-01-31", "by": "alice@example.com",
                },
                "links": [{"name": "jira", "url": "https://jira.example.com/SHOP-7"}],
            },
            "status": whole_status(),
        })
    }

    fn whole_status() -> Value {
        json!({
            "state": "Exempt",
            "reason": "Dismissed",
            "policies": ["baseline", "pci"],
            "severity": "critical",
            "severityRank": 1,
            "category": "pod-security",
            "message": "container `web` is privileged",
            "remediation": "remove `securityContext.privileged`",
            "evidence": [{
                "path": "/spec/template/spec/containers/0/securityContext/privileged",
                "container": "web", "found": "true", "wanted": "not true",
            }],
            "evidenceTruncated": 3,
            "exemption": {
                "from": "decision", "reason": "risk-accepted", "note": "until the new node pool",
                "since": "2026-11-01T00:00:00Z", "until": "2027-02-01T00:00:00Z",
            },
            "owner": "team-shop@example.com",
            "source": {
                "tool": "flux", "kind": "Kustomization", "namespace": "flux-system",
                "name": "apps", "url": "https://git.example.com/apps", "path": "./shop",
            },
            "firstSeen": "2026-10-01T00:00:00Z",
            "openedAt": "2026-10-02T00:00:00Z",
            "resolvedAt": "2026-10-03T00:00:00Z",
            "dueAt": "2026-10-05T00:00:00Z",
            "timesReopened": 2,
            "notified": {"count": 1, "lastAt": "2026-10-02T00:00:00Z", "digest": "5f0c"},
            "conditions": [{
                "type": "Resolved", "status": "False", "reason": "Dismissed",
                "lastTransitionTime": "2026-10-02T00:00:00Z", "message": "the finding is accepted",
            }],
        })
    }

    #[test]
    fn an_item_is_written_as_it_was_read() {
        let item: ActionItem = serde_json::from_value(whole_item()).unwrap();
        assert_eq!(json!(item), whole_item());
    }

    #[test]
    fn the_core_group_is_not_written() {
        let written = json!({"check": "node-problem", "target": {"kind": "Node", "name": "n1"}});
        let spec: ActionItemSpec = serde_json::from_value(written.clone()).unwrap();
        assert_eq!((&*spec.target.group, &spec.target.namespace), ("", &None));
        assert_eq!(json!(spec), written);
    }
}
