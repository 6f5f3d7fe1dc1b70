//! Checks that users write in CEL, with the words and the answers of a `ValidatingAdmissionPolicy`.

mod compile;
mod credit;
mod judge;
mod matching;
mod related;
mod view;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::{api::Severity, cel::Program, model::Kind};

pub(super) use credit::Credit;
use matching::Match;
use related::Related;
pub use view::View;

/// The variable that holds the objects of related kinds.
const OBJECTS: &str = "objects";

/// A custom check, compiled.
#[derive(Debug)]
pub struct CustomCheck {
    /// Its id: `<policy>.<id>`.
    pub id: Box<str>,
    /// What it demands.
    pub title: Box<str>,
    /// Why, and how a finding is repaired; may be empty.
    pub documentation: Box<str>,
    /// The group that it is listed under.
    pub category: Box<str>,
    /// The severity of its findings.
    pub severity: Severity,
    /// How it is written: another text is another check.
    version: String,
    matches: Vec<Match>,
    /// Whether it looks up the Namespaces of what it judges.
    reads_namespaces: bool,
    related: Vec<Related>,
    params: Json,
    conditions: Vec<Expression>,
    variables: Vec<(String, Program)>,
    validations: Vec<Validation>,
    /// Of all checks of the policy.
    credit: Arc<Credit>,
}

/// A compiled expression, and where it stands.
#[derive(Debug)]
struct Expression {
    /// Within the check: `validations[0].expression`.
    field: String,
    program: Program,
}

/// A compiled validation.
#[derive(Debug)]
struct Validation {
    expression: Expression,
    text: Box<str>,
    message: Box<str>,
    message_expression: Option<Program>,
    path: Box<str>,
}

impl CustomCheck {
    /// How it is written.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Whether it may judge objects of a kind; [`Kind::Other`] stands for all those that checks of
    /// the catalogue do not know.
    #[must_use]
    pub fn judges(&self, kind: Kind) -> bool {
        let mut names = self.matches.iter().flat_map(Match::names);
        names.any(|(group, name)| match kind {
            Kind::Other => Kind::find(group, name).is_none(),
            kind => Kind::find_named(group, name) == Some(kind),
        })
    }

    /// The kinds that have to be read from a cluster for it.
    pub fn needs(&self) -> impl Iterator<Item = Kind> {
        self.names().filter_map(|(group, name)| Kind::find_named(group, name))
    }

    /// Group and kind of all that it looks at.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let namespaces = self.reads_namespaces.then_some(("", Kind::Namespace.name()));
        let read = self.related.iter().map(Related::names).chain(namespaces);
        self.matches.iter().flat_map(Match::names).chain(read)
    }

    /// The kinds that it looks up beside the judged object.
    #[must_use]
    pub fn reads(&self) -> Vec<Kind> {
        self.related().chain(self.reads_namespaces.then_some(Kind::Namespace)).collect()
    }

    /// Of these, the kinds whose objects expressions see as `objects`.
    pub fn related(&self) -> impl Iterator<Item = Kind> {
        self.related_names().map(|(_, kind)| kind)
    }

    /// The same with their names.
    pub fn related_names(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.related.iter().map(|related| (related.names().1, related.kind()))
    }

    /// The kinds of which it looks up what is in other namespaces.
    pub fn reads_everywhere(&self) -> impl Iterator<Item = Kind> {
        self.related.iter().filter(|related| related.is_everywhere()).map(Related::kind)
    }

    /// The versions of a kind that it understands; none where it does with any.
    pub fn versions_of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let names = (kind.group(), kind.name());
        let judged = self.matches.iter().filter(move |entry| entry.names().any(|own| own == names));
        let related = self.related.iter().filter(move |related| related.names() == names);
        judged.flat_map(Match::versions).chain(related.filter_map(Related::version))
    }

    /// A kind of which it judges nothing in a cluster, because that is read in another version; and
    /// the field that says so.
    #[must_use]
    pub fn unread(&self) -> Option<(String, Kind)> {
        let fields = self.matches.iter().enumerate();
        let mut kinds = fields.flat_map(|(index, entry)| entry.names().map(move |of| (index, of)));
        kinds.find_map(|(index, (group, name))| {
            let kind = Kind::find_named(group, name)?;
            let entries = self.matches.iter();
            let mut same = entries.filter(|entry| entry.names().any(|own| own == (group, name)));
            let is_read =
                kind.version().is_empty() || same.any(|entry| entry.takes(kind.version()));
            (!is_read).then(|| (format!("match[{index}].apiVersions"), kind))
        })
    }

    /// Whether it looks at other objects too.
    #[must_use]
    pub fn is_related(&self) -> bool {
        self.reads_namespaces || !self.related.is_empty()
    }
}
