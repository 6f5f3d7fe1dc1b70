//! The checks that there are, as a list.

use schemars::Schema;
use serde::Serialize;

use crate::{
    api::Severity,
    checks::{self, Category, Check},
    model::Kind,
};

use super::style::{Style, width};

/// A check, for tools.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "as in `Check`")]
pub struct CheckEntry {
    pub id: &'static str,
    pub title: &'static str,
    pub severity: Severity,
    pub category: &'static str,
    pub tier: &'static str,
    /// The profiles that it is part of.
    pub profiles: Vec<&'static str>,
    /// The kinds that it judges.
    pub kinds: Vec<KindName>,
    pub remediation: &'static str,
    /// Why, fix and references, in Markdown.
    pub documentation: String,
    /// JSON Schema of what can be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Schema>,
}

/// A kind, without a version.
#[derive(Debug, Serialize)]
pub struct KindName {
    group: &'static str,
    kind: &'static str,
}

impl From<&Check> for CheckEntry {
    fn from(check: &Check) -> Self {
        let kind_name = |kind: &Kind| KindName { group: kind.group(), kind: kind.name() };
        Self {
            id: check.id,
            title: check.title.trim(),
            severity: check.severity,
            category: check.category.as_str(),
            tier: check.tier.as_str(),
            profiles: profiles(check),
            kinds: check.run.kinds().iter().map(kind_name).collect(),
            remediation: check.remediation,
            documentation: documentation(check),
            parameters: check.parameters.map(|spec| (spec.schema)()),
        }
    }
}

/// The kinds that a check judges, in words.
pub(super) fn kinds(check: &Check) -> Vec<&'static str> {
    match check.run.is_of_any() {
        true => vec!["every object"],
        false => check.run.kinds().iter().map(|kind| kind.name()).collect(),
    }
}

/// The profiles that a check is part of.
pub(super) fn profiles(check: &Check) -> Vec<&'static str> {
    let contains = |profile: &&str| {
        let members = checks::profile(profile).unwrap_or_default();
        members.iter().any(|member| member.id == check.id)
    };
    checks::PROFILES.iter().copied().filter(contains).collect()
}

/// The documentation without the space that begins each line of a comment.
pub(super) fn documentation(check: &Check) -> String {
    let lines = check.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim().to_owned() + "\n"
}

/// The checks in the order of the documentation, a block for each category.
#[must_use]
pub fn check_table(checks: &[&Check], style: Style) -> String {
    let ids = width(checks.iter().map(|check| check.id));
    let blocks = Category::ALL.into_iter().filter_map(|category| {
        let members = checks.iter().filter(|check| check.category == category);
        let lines: Vec<_> = members.map(|check| line(check, ids, style)).collect();
        let heading = style.bold(category.as_str());
        (!lines.is_empty()).then(|| format!("{heading}\n{}\n", lines.concat()))
    });
    let blocks: String = blocks.collect();
    format!("{blocks}{} checks; `holystone checks ID` explains one\n", checks.len())
}

fn line(check: &Check, ids: usize, style: Style) -> String {
    let severity = style.severity(check.severity, &format!("{:<8}", check.severity));
    let tier = style.dim(&format!("{:<8}", check.tier.as_str()));
    format!("  {severity}  {:<ids$}  {tier}  {}\n", check.id, check.title.trim())
}
