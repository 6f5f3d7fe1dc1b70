//! Powers over the whole cluster, and who holds them.

use std::{collections::HashMap, sync::Arc};

use super::{Kind, PolicyRule, Subject};

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

    /// Whether the power reaches the cluster even when it is granted in one namespace only, that
    /// of the control plane's own accounts.
    fn survives_in_kube_system(self) -> bool {
        matches!(self, Self::ClusterAdmin | Self::EscalateOrBind | Self::Impersonate)
    }

    /// Whether a rule gives this power. A rule for single names does not, unless they are an
    /// administrator's; a webhook is a power under any name.
    fn is_given_by(self, rule: &PolicyRule) -> bool {
        const WEBHOOKS: [&str; 2] =
            ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];
        let names = &rule.resource_names;
        let is_wide = names.is_empty()
            || names.iter().any(|name| name == "cluster-admin" || name == "system:masters");
        match self {
            Self::ClusterAdmin => rule.allows_everything() && names.is_empty(),
            Self::SecretRead => {
                names.is_empty() && rule.allows("", &["secrets"], &["get", "list", "watch"])
            }
            Self::EscalateOrBind => {
                let roles = ["roles", "clusterroles"];
                is_wide && rule.allows("rbac.authorization.k8s.io", &roles, &["escalate", "bind"])
            }
            Self::Impersonate => {
                let accounts = ["users", "groups", "serviceaccounts"];
                is_wide && rule.allows("", &accounts, &["impersonate"])
            }
            Self::NodeProxy => {
                names.is_empty() && rule.allows("", &["nodes/proxy"], &["get", "create"])
            }
            Self::WebhookWrite => {
                let verbs = ["create", "update", "patch"];
                rule.allows("admissionregistration.k8s.io", &WEBHOOKS, &verbs)
            }
        }
    }

    /// The powers that rules give; who can do everything needs no other.
    pub(super) fn given_by(rules: &[&PolicyRule]) -> Vec<Self> {
        let given = |power: &Self| rules.iter().any(|rule| power.is_given_by(rule));
        let mut powers: Vec<_> = Self::ALL.into_iter().filter(given).collect();
        if powers.first() == Some(&Self::ClusterAdmin) {
            powers.truncate(1);
        }
        powers
    }
}

/// A power, and the binding that gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// The power.
    pub power: Power,
    /// `ClusterRoleBinding` or `RoleBinding`.
    pub kind: Kind,
    /// The binding's name.
    pub binding: Arc<str>,
}

/// Who holds powers over the whole cluster.
#[derive(Debug, Default)]
pub(super) struct Powers {
    /// By name of the user; a service account is one too.
    users: HashMap<String, Vec<Grant>>,
    groups: HashMap<String, Vec<Grant>>,
}

impl Powers {
    /// Notes that a binding gives powers to a subject.
    pub(super) fn give(&mut self, subject: &Subject, binding: &Arc<str>, powers: &[Power]) {
        let holders = if subject.kind == "Group" { &mut self.groups } else { &mut self.users };
        let kind = Kind::ClusterRoleBinding;
        let grants =
            powers.iter().map(|&power| Grant { power, kind, binding: Arc::clone(binding) });
        holders.entry(subject.user_name()).or_default().extend(grants);
    }

    /// The powers of a service account, by itself and by the groups that it is in.
    pub(super) fn of_account(&self, namespace: &str, name: &str) -> impl Iterator<Item = &Grant> {
        let user = self.users.get(&Subject::account_name(namespace, name));
        let groups = Subject::account_groups(namespace);
        let groups = groups.into_iter().filter_map(|group| self.groups.get(&group));
        user.into_iter().chain(groups).flatten()
    }
}

/// The grants of a `RoleBinding` in `kube-system` whose powers reach the cluster: its accounts are
/// those of the control plane.
pub(super) fn grants_in_kube_system(
    binding: &Arc<str>,
    powers: Vec<Power>,
) -> impl Iterator<Item = Grant> {
    let far = powers.into_iter().filter(|power| power.survives_in_kube_system());
    far.map(|power| Grant { power, kind: Kind::RoleBinding, binding: Arc::clone(binding) })
}
