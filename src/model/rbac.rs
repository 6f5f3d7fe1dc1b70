//! Roles and bindings.

use compact_str::CompactString;
use serde::Deserialize;

use super::{Kind, LabelSelector, Labels, List};

/// Whether a role or binding comes with every cluster: the control plane makes and repairs it.
pub(super) fn is_default(kind: Kind, name: &str, labels: &Labels) -> bool {
    name.starts_with("system:")
        || labels.value("kubernetes.io/bootstrapping") == Some("rbac-defaults")
        || (kind == Kind::ClusterRole && is_user_facing(name))
}

/// The roles for people that every cluster comes with.
fn is_user_facing(name: &str) -> bool {
    matches!(name, "cluster-admin" | "admin" | "edit" | "view")
}

/// What is read of a Role or `ClusterRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Role {
    /// What it allows. The API server fills in the rules of an aggregated `ClusterRole`.
    pub rules: List<PolicyRule>,
    /// Selects the roles whose rules are added.
    pub aggregation_rule: Option<AggregationRule>,
}

/// The rule of an aggregated `ClusterRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AggregationRule {
    /// A role that any of these selects is added.
    pub cluster_role_selectors: List<LabelSelector>,
}

/// One rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct PolicyRule {
    pub api_groups: List<CompactString>,
    pub resources: List<CompactString>,
    pub resource_names: List<CompactString>,
    pub verbs: List<CompactString>,
    #[serde(rename = "nonResourceURLs")]
    pub non_resource_urls: List<CompactString>,
}

impl PolicyRule {
    /// Whether it names the group, or all.
    #[must_use]
    pub fn has_group(&self, group: &str) -> bool {
        self.api_groups.iter().any(|candidate| candidate == "*" || candidate == group)
    }

    /// Whether it names the resource (`pods/exec` with its subresource), or a wildcard over it.
    #[must_use]
    pub fn has_resource(&self, resource: &str) -> bool {
        let subresource = resource.split_once('/').map(|(_, subresource)| subresource);
        self.resources.iter().any(|candidate| {
            candidate == "*"
                || candidate == resource
                || (subresource.is_some() && candidate.strip_prefix("*/") == subresource)
        })
    }

    /// Whether it allows one of the verbs on one of the resources of a group.
    #[must_use]
    pub fn allows(&self, group: &str, resources: &[&str], verbs: &[&str]) -> bool {
        self.has_group(group)
            && resources.iter().any(|resource| self.has_resource(resource))
            && verbs.iter().any(|verb| self.has_verb(verb))
    }

    /// Whether it allows everything that can be read and written, as `cluster-admin` does.
    #[must_use]
    pub fn allows_everything(&self) -> bool {
        const VERBS: [&str; 7] = ["get", "list", "watch", "create", "update", "patch", "delete"];
        let is_any = |names: &[CompactString]| names.iter().any(|name| name == "*");
        is_any(&self.api_groups)
            && is_any(&self.resources)
            && VERBS.iter().all(|verb| self.has_verb(verb))
    }

    /// Whether it names the verb, or all.
    #[must_use]
    pub fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|candidate| candidate == "*" || candidate == verb)
    }
}

/// What is read of a `RoleBinding` or `ClusterRoleBinding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct Binding {
    pub role_ref: RoleRef,
    pub subjects: List<Subject>,
}

/// The role that a binding grants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct RoleRef {
    pub kind: CompactString,
    pub name: CompactString,
}

impl RoleRef {
    /// The kind of role that is meant.
    #[must_use]
    pub fn role_kind(&self) -> Kind {
        if self.kind == "Role" { Kind::Role } else { Kind::ClusterRole }
    }

    /// Whether it is the `ClusterRole` `cluster-admin`, and not a Role of that name.
    #[must_use]
    pub fn is_cluster_admin(&self) -> bool {
        self.is_user_facing() && self.name == "cluster-admin"
    }

    /// Whether it is one of the roles for people that every cluster comes with.
    #[must_use]
    pub fn is_user_facing(&self) -> bool {
        self.kind == "ClusterRole" && is_user_facing(&self.name)
    }
}

/// Who gets the role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct Subject {
    pub kind: CompactString,
    pub name: CompactString,
    pub namespace: CompactString,
}

impl Subject {
    /// The name that the subject is known by to the authorizer; that of a group for a group.
    #[must_use]
    pub fn user_name(&self) -> String {
        match self.kind.as_str() {
            "ServiceAccount" => Self::account_name(&self.namespace, &self.name),
            _ => self.name.to_string(),
        }
    }

    /// The user name of a service account.
    #[must_use]
    pub fn account_name(namespace: &str, name: &str) -> String {
        format!("system:serviceaccount:{namespace}:{name}")
    }

    /// The groups that every service account of a namespace is in.
    #[must_use]
    pub fn account_groups(namespace: &str) -> [String; 3] {
        [
            format!("system:serviceaccounts:{namespace}"),
            "system:serviceaccounts".to_owned(),
            "system:authenticated".to_owned(),
        ]
    }

    /// Whether it means a service account, by itself or by a group that it is in.
    #[must_use]
    pub fn is_account(&self, namespace: &str, name: &str) -> bool {
        let own_name = self.user_name();
        match self.kind.as_str() {
            "Group" => Self::account_groups(namespace).contains(&own_name),
            _ => own_name == Self::account_name(namespace, name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_account_is_meant_by_its_names_and_groups() {
        let subject = |json: &str| serde_json::from_str::<Subject>(json).unwrap();
        for (json, expected) in [
            (r#"{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}"#, true),
            (r#"{"kind": "ServiceAccount", "name": "web", "namespace": "office"}"#, false),
            (r#"{"kind": "User", "name": "system:serviceaccount:shop:web"}"#, true),
            (r#"{"kind": "User", "name": "web"}"#, false),
            (r#"{"kind": "Group", "name": "system:serviceaccounts:shop"}"#, true),
            (r#"{"kind": "Group", "name": "system:serviceaccounts"}"#, true),
            (r#"{"kind": "Group", "name": "system:authenticated"}"#, true),
            (r#"{"kind": "Group", "name": "system:serviceaccounts:office"}"#, false),
            (r#"{"kind": "Group", "name": "system:serviceaccount:shop:web"}"#, false),
        ] {
            assert_eq!(subject(json).is_account("shop", "web"), expected, "{json}");
        }
    }

    #[test]
    fn wildcards_cover_subresources_as_the_authorizer_reads_them() {
        let rule = |resource: &str| PolicyRule {
            resources: List(vec![resource.into()]),
            ..PolicyRule::default()
        };
        assert!(rule("*").has_resource("pods/exec"));
        assert!(rule("*/exec").has_resource("pods/exec"));
        assert!(rule("pods/exec").has_resource("pods/exec"));
        assert!(!rule("pods/*").has_resource("pods/exec"));
        assert!(!rule("pods").has_resource("pods/exec"));
        assert!(!rule("*/exec").has_resource("pods"));
    }
}
