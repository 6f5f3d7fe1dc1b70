//! Who can do what, fit to be printed.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    items::clean,
    model::{ABOVE_RBAC, Cluster, Facts, ObjectKey, RoleRef, Who},
};

use super::{
    style::{Style, width},
    wrap::padded,
};

/// The longest name that is printed.
const NAME: usize = 512;

/// Who can do what, by which binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessReport {
    /// The version of Holystone.
    pub version: &'static str,
    /// What was asked.
    pub question: String,
    /// Sorted.
    pub access: Vec<Access>,
    /// Roles that bindings refer to and that are not in the input: nobody knows whether they allow
    /// it.
    pub missing_roles: Vec<NamedObject>,
    /// The group that may do everything without a binding.
    pub above_rbac: &'static str,
}

/// What one binding gives to one subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Access {
    /// Who.
    pub subject: NamedObject,
    /// Where.
    pub scope: AccessScope,
    /// By which role.
    pub role: BoundRole,
    /// Because of which binding.
    pub binding: NamedObject,
}

/// A role, and whether it is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BoundRole {
    /// The role.
    #[serde(flatten)]
    pub name: NamedObject,
    /// Whether it is there.
    pub found: bool,
}

/// What something is called; what it has not is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "named and meant as in the Kubernetes API")]
pub struct NamedObject {
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

/// Where a binding reaches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", content = "name")]
pub enum AccessScope {
    /// Everywhere.
    Cluster,
    /// In one namespace; the name is empty where a file names none.
    Namespace(String),
}

impl AccessReport {
    /// Fits together what was found; `access` holds whom each binding names.
    #[must_use]
    pub fn new<'a>(
        question: &str,
        cluster: &Cluster,
        access: impl IntoIterator<Item = (Who<'a>, &'a Facts)>,
    ) -> Self {
        let access = access.into_iter();
        let access: BTreeSet<_> =
            access.filter_map(|(who, facts)| self::access(cluster, who, facts)).collect();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            question: clean(question, NAME),
            access: access.into_iter().collect(),
            missing_roles: Vec::new(),
            above_rbac: ABOVE_RBAC,
        }
    }

    /// Says which roles are not known, where an answer would need all of them.
    #[must_use]
    pub fn with_missing_roles(mut self, cluster: &Cluster) -> Self {
        let missing = cluster.rbac().missing_roles().into_iter();
        let missing = missing.filter(|(kind, ..)| !cluster.is_complete(*kind));
        let missing = missing.map(|(kind, namespace, name)| named(kind.name(), namespace, name));
        self.missing_roles = missing.collect();
        self
    }
}

fn access(cluster: &Cluster, who: Who<'_>, facts: &Facts) -> Option<Access> {
    let binding = facts.binding()?;
    let ObjectKey { kind, namespace, name } = &facts.key;
    let RoleRef { kind: role_kind, name: role } = &binding.role_ref;
    let role_namespace = if role_kind == "Role" { namespace } else { "" };
    let known = cluster.rbac().role(namespace, &binding.role_ref);
    Some(Access {
        subject: match who {
            Who::Account { namespace, name } => named(who.kind(), namespace, name),
            _ => named(who.kind(), "", &who.to_string()),
        },
        scope: match facts.key.scope() {
            Some(namespace) => AccessScope::Namespace(clean(namespace, NAME)),
            None => AccessScope::Cluster,
        },
        role: BoundRole {
            name: named(role_kind, role_namespace, role),
            found: known.is_some() || binding.role_ref.is_cluster_admin(),
        },
        binding: named(kind.name(), namespace, name),
    })
}

fn named(kind: &str, namespace: &str, name: &str) -> NamedObject {
    NamedObject {
        kind: clean(kind, NAME),
        namespace: clean(namespace, NAME),
        name: clean(name, NAME),
    }
}

impl NamedObject {
    fn path(&self) -> String {
        match self.namespace.is_empty() {
            true => self.name.clone(),
            false => format!("{}/{}", self.namespace, self.name),
        }
    }
}

/// The report as a table: a line for each subject and binding, then what is not known.
#[must_use]
pub fn access_table(report: &AccessReport, style: Style) -> String {
    let AccessReport { question, access, missing_roles, above_rbac, version: _ } = report;
    let mut text = format!("{}\n\n", style.bold(question));
    let head = ["KIND", "SUBJECT", "SCOPE", "ROLE", "BINDING"].map(str::to_owned);
    let rows: Vec<_> = [head].into_iter().chain(access.iter().map(row)).collect();
    if access.is_empty() {
        text.push_str("No binding.\n");
    } else {
        text.extend(lines(&rows));
    }
    if !missing_roles.is_empty() {
        let names = missing_roles.iter().map(|role| format!("{} {}", role.kind, role.path()));
        let names = names.collect::<Vec<_>>().join(", ");
        text.push_str("\nNot in the input, so that nobody knows whether they allow it: ");
        text.push_str(&names);
        text.push('\n');
    }
    text + &format!("\nWhoever is in group {above_rbac} may do everything: RBAC is not asked.\n")
}

fn row(access: &Access) -> [String; 5] {
    let Access { subject, scope, role: BoundRole { name: role, found }, binding } = access;
    let scope = match scope {
        AccessScope::Cluster => "cluster".to_owned(),
        AccessScope::Namespace(name) if name.is_empty() => "namespace".to_owned(),
        AccessScope::Namespace(name) => format!("namespace {name}"),
    };
    let missing = if *found { "" } else { " (not found)" };
    [
        subject.kind.clone(),
        subject.path(),
        scope,
        format!("{} {}{missing}", role.kind, role.name),
        format!("{} {}", binding.kind, binding.name),
    ]
}

fn lines(rows: &[[String; 5]]) -> impl Iterator<Item = String> {
    let widths: [usize; 5] =
        std::array::from_fn(|column| width(rows.iter().map(|row| row[column].as_str())));
    rows.iter().map(move |row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| padded(cell, width));
        let line = cells.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    })
}
