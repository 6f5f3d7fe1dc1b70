//! Checks that users write in CEL, with the words and the answers of a `ValidatingAdmissionPolicy`.

mod compile;
mod credit;
mod judge;
mod matching;
mod view;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::{api::Severity, cel::Program, model::Kind};

pub(super) use credit::Credit;
use matching::Match;
pub use view::View;

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
    /// The kinds that it looks up.
    reads: Vec<Kind>,
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
        let read = self.reads.iter().map(|kind| (kind.group(), kind.name()));
        self.matches.iter().flat_map(Match::names).chain(read)
    }

    /// The kinds that it looks up beside the judged object.
    #[must_use]
    pub fn reads(&self) -> &[Kind] {
        &self.reads
    }

    /// Whether it looks at other objects too.
    #[must_use]
    pub fn is_related(&self) -> bool {
        !self.reads.is_empty()
    }
}
