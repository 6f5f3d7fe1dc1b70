//! Users, groups and service accounts, as the authorizer tells them apart.

use std::fmt;

use super::Subject;

/// Whoever is in this group is never asked for a role: the API server allows it everything before
/// RBAC has a say, and no binding can give or take that.
pub const ABOVE_RBAC: &str = "system:masters";
/// The group of everybody who is not anonymous.
pub const AUTHENTICATED: &str = "system:authenticated";
/// The group of everybody who is anonymous.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The group of all service accounts.
pub const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";

/// The user name of an account begins so.
const ACCOUNT: &str = "system:serviceaccount:";
/// The group of the accounts of a namespace begins so.
const ACCOUNTS_OF: &str = "system:serviceaccounts:";

/// Somebody who can be bound to a role. Each is written in one way only, however a binding names
/// it: a service account may be bound by its user name, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who<'a> {
    /// A user by name.
    User(&'a str),
    /// A group by name.
    Group(&'a str),
    /// A service account.
    Account {
        /// Its namespace.
        namespace: &'a str,
        /// Its name.
        name: &'a str,
    },
    /// The group of all service accounts of a namespace.
    AccountsOf(&'a str),
}

impl<'a> Who<'a> {
    /// The user of a name, which may be that of a service account.
    #[must_use]
    pub fn user(name: &'a str) -> Self {
        match name.strip_prefix(ACCOUNT).and_then(|rest| rest.split_once(':')) {
            Some((namespace, name)) => Self::Account { namespace, name },
            None => Self::User(name),
        }
    }

    /// The group of a name.
    #[must_use]
    pub fn group(name: &'a str) -> Self {
        name.strip_prefix(ACCOUNTS_OF).map_or(Self::Group(name), Self::AccountsOf)
    }

    /// The kind that a subject of a binding has.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "User",
            Self::Group(_) | Self::AccountsOf(_) => "Group",
            Self::Account { .. } => "ServiceAccount",
        }
    }
}

impl fmt::Display for Who<'_> {
    /// A service account is written `namespace/name`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) | Self::Group(name) => formatter.write_str(name),
            Self::Account { namespace, name } => write!(formatter, "{namespace}/{name}"),
            Self::AccountsOf(namespace) => write!(formatter, "{ACCOUNTS_OF}{namespace}"),
        }
    }
}

impl Subject {
    /// Whom a binding in a namespace, or in none, means by it; `None` for nobody. In a `RoleBinding`
    /// a service account may do without a namespace.
    #[must_use]
    pub fn who<'a>(&'a self, namespace: Option<&'a str>) -> Option<Who<'a>> {
        if self.name.is_empty() {
            return None;
        }
        match self.kind.as_str() {
            "User" => Some(Who::user(&self.name)),
            "Group" => Some(Who::group(&self.name)),
            "ServiceAccount" => {
                let own = Some(self.namespace.as_str()).filter(|own| !own.is_empty());
                Some(Who::Account { namespace: own.or(namespace)?, name: &self.name })
            }
            _ => None,
        }
    }
}

/// Somebody who asks, with all of their groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller<'a> {
    /// The user or service account, then its groups.
    pub(super) identities: Vec<Who<'a>>,
}

impl<'a> Caller<'a> {
    /// A user with these groups and no others: the authorizer adds none.
    #[must_use]
    pub fn new(user: &'a str, groups: impl IntoIterator<Item = &'a str>) -> Self {
        let groups = groups.into_iter().map(Who::group);
        Self { identities: [Who::user(user)].into_iter().chain(groups).collect() }
    }

    /// Somebody with the groups that follow from who it is.
    #[must_use]
    pub fn implied(who: Who<'a>) -> Self {
        Self { identities: implied(who).into_iter().flatten().collect() }
    }

    /// Whether it is this one, or one of this group.
    #[must_use]
    pub fn is(&self, who: Who<'_>) -> bool {
        self.identities.contains(&who)
    }

    /// Whether RBAC is not even asked.
    #[must_use]
    pub fn is_above_rbac(&self) -> bool {
        self.is(Who::Group(ABOVE_RBAC))
    }
}

/// Somebody, and the groups that follow from who it is. A group is in no other.
pub(super) fn implied(who: Who<'_>) -> [Option<Who<'_>>; 4] {
    let accounts = match who {
        Who::Account { namespace, .. } => {
            [Some(Who::AccountsOf(namespace)), Some(Who::Group(SERVICE_ACCOUNTS))]
        }
        _ => [None, None],
    };
    let is_group = matches!(who, Who::Group(_) | Who::AccountsOf(_));
    let is_anonymous = who == Who::User("system:anonymous");
    let everybody = match () {
        () if is_group => None,
        () if is_anonymous => Some(Who::Group(UNAUTHENTICATED)),
        () => Some(Who::Group(AUTHENTICATED)),
    };
    [Some(who), accounts[0], accounts[1], everybody]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(json: &str, namespace: Option<&str>) -> Option<String> {
        let subject: Subject = serde_json::from_str(json).unwrap();
        subject.who(namespace).map(|who| format!("{} {who}", who.kind()))
    }

    #[test]
    fn a_subject_means_one_identity() {
        for (json, expected) in [
            (r#"{"kind": "User", "name": "alice"}"#, Some("User alice")),
            (
                r#"{"kind": "User", "name": "system:serviceaccount:a:b"}"#,
                Some("ServiceAccount a/b"),
            ),
            (
                r#"{"kind": "User", "name": "system:serviceaccounts:a"}"#,
                Some("User system:serviceaccounts:a"),
            ),
            (
                r#"{"kind": "Group", "name": "system:serviceaccounts:a"}"#,
                Some("Group system:serviceaccounts:a"),
            ),
            (
                r#"{"kind": "Group", "name": "system:serviceaccount:a:b"}"#,
                Some("Group system:serviceaccount:a:b"),
            ),
            (
                r#"{"kind": "ServiceAccount", "namespace": "a", "name": "b"}"#,
                Some("ServiceAccount a/b"),
            ),
            (r#"{"kind": "ServiceAccount", "name": "b"}"#, Some("ServiceAccount shop/b")),
            (r#"{"kind": "ServiceAccount", "name": ""}"#, None),
            (r#"{"kind": "Robot", "name": "b"}"#, None),
        ] {
            assert_eq!(means(json, Some("shop")).as_deref(), expected, "{json}");
        }
        let without = r#"{"kind": "ServiceAccount", "name": "b"}"#;
        assert_eq!(means(without, None), None);
    }

    #[test]
    fn groups_follow_from_who_it_is() {
        let of = |who| Caller::implied(who).identities;
        let web = Who::Account { namespace: "shop", name: "web" };
        let expected =
            [web, Who::AccountsOf("shop"), Who::Group(SERVICE_ACCOUNTS), Who::Group(AUTHENTICATED)];
        assert_eq!(of(web), expected);
        assert_eq!(of(Who::User("alice")), [Who::User("alice"), Who::Group(AUTHENTICATED)]);
        assert_eq!(of(Who::Group("dev")), [Who::Group("dev")]);
    }
}
