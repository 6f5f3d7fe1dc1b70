//! Powers over the whole cluster, and which rules give them.

use std::sync::Arc;

use super::{super::Kind, ABOVE_RBAC, PolicyRule, Reach};

/// A power that lets its holder take over the cluster, the plainest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// Everything, as `cluster-admin`.
    ClusterAdmin,
    /// To read every Secret.
    SecretRead,
    /// To grant itself more than it holds.
    EscalateOrBind,
    /// To act as somebody else.
    Impersonate,
    /// To reach the kubelet of every node.
    NodeProxy,
    /// To change what admission webhooks see and do.
    WebhookWrite,
}

impl Power {
    const ALL: [Self; 6] = [
        Self::ClusterAdmin,
        Self::SecretRead,
        Self::EscalateOrBind,
        Self::Impersonate,
        Self::NodeProxy,
        Self::WebhookWrite,
    ];

    /// What the holder can do.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClusterAdmin => "do everything",
            Self::SecretRead => "read every Secret",
            Self::EscalateOrBind => "grant itself any role",
            Self::Impersonate => "act as somebody else",
            Self::NodeProxy => "reach every kubelet",
            Self::WebhookWrite => "change admission webhooks",
        }
    }

    /// Whether a rule gives this power to whom it reaches. In one namespace only what reaches the
    /// cluster from there is one. A rule for single names gives none, unless they are an
    /// administrator's; a webhook is a power under any name.
    fn is_given_by(self, rule: &PolicyRule, reach: Reach) -> bool {
        const RBAC: &str = "rbac.authorization.k8s.io";
        const WEBHOOKS: [&str; 2] =
            ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];
        let names = &rule.resource_names;
        let everywhere = reach == Reach::Cluster;
        let is_wide = names.is_empty()
            || names.iter().any(|name| name == "cluster-admin" || name == ABOVE_RBAC);
        match self {
            Self::ClusterAdmin => rule.allows_everything(),
            Self::SecretRead => {
                everywhere && rule.allows_all("", &["secrets"], &["get", "list", "watch"])
            }
            Self::EscalateOrBind => {
                is_wide
                    && (rule.allows(RBAC, &["roles", "clusterroles"], &["bind"])
                        || rule.allows(RBAC, &["roles"], &["escalate"])
                        || (everywhere && rule.allows(RBAC, &["clusterroles"], &["escalate"])))
            }
            Self::Impersonate => {
                is_wide
                    && (rule.allows("", &["serviceaccounts"], &["impersonate"])
                        || (everywhere && rule.allows("", &["users", "groups"], &["impersonate"])))
            }
            Self::NodeProxy => {
                everywhere && rule.allows_all("", &["nodes/proxy"], &["get", "create"])
            }
            Self::WebhookWrite => {
                let verbs = ["create", "update", "patch"];
                everywhere && rule.allows("admissionregistration.k8s.io", &WEBHOOKS, &verbs)
            }
        }
    }

    /// The powers that rules give; who can do everything needs no other.
    pub(super) fn given_by(rules: &[PolicyRule], reach: Reach) -> Vec<Self> {
        let given = |power: &Self| rules.iter().any(|rule| power.is_given_by(rule, reach));
        let mut powers: Vec<_> = Self::ALL.into_iter().filter(given).collect();
        if powers.first() == Some(&Self::ClusterAdmin) {
            powers.truncate(1);
        }
        powers
    }
}

/// A power, and the binding that gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldPower {
    /// The power.
    pub power: Power,
    /// `ClusterRoleBinding` or `RoleBinding`.
    pub kind: Kind,
    /// The binding's name.
    pub binding: Arc<str>,
}
