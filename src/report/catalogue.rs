//! The checks that there are, as a list.

use schemars::Schema;
use serde::Serialize;

use crate::{
    api::Severity,
    checks::{self, Category, Check, Counterpart, Source, mapping},
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
    /// What it is called in standards and other tools.
    pub mapping: Vec<MappingEntry>,
    /// Why, fix and references, in Markdown.
    pub documentation: String,
    /// JSON Schema of what can be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Schema>,
}

/// An id that means what a check means.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingEntry {
    /// A standard or tool.
    pub source: &'static str,
    /// Its id.
    pub id: &'static str,
    /// Whether the two have only a part in common.
    pub in_part: bool,
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
            mapping: mapping(check.id).iter().map(MappingEntry::from).collect(),
            documentation: documentation(check),
            parameters: check.parameters.map(|spec| (spec.schema)()),
        }
    }
}

impl From<&Counterpart> for MappingEntry {
    fn from(counterpart: &Counterpart) -> Self {
        let Counterpart { source, id, in_part } = *counterpart;
        Self { source: source.as_str(), id, in_part }
    }
}

/// What a check is called elsewhere: each standard and tool with its ids in words.
pub(super) fn elsewhere(check: &Check) -> Vec<(Source, String)> {
    let named = |source: &Source| {
        let word = |counterpart: &Counterpart| match counterpart.in_part {
            true => format!("{} (in part)", counterpart.id),
            false => counterpart.id.to_owned(),
        };
        let ids: Vec<_> = mapping(check.id).of(*source).map(word).collect();
        (!ids.is_empty()).then(|| (*source, ids.join(", ")))
    };
    Source::ALL.iter().filter_map(named).collect()
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
