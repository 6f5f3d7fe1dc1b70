//! Everything about one check, for people.

use crate::checks::Check;

use super::{
    catalogue::{documentation, elsewhere, kinds, profiles},
    parameters::{Parameter, parameters},
    style::{Style, width},
};

/// What a check demands, why, how to repair it, and what can be set.
#[must_use]
pub fn explanation(check: &Check, style: Style) -> String {
    let mut lines = vec![style.bold(check.id), check.title.trim().to_owned(), String::new()];
    lines.extend(head(check, style));
    lines.push(String::new());
    let documentation = documentation(check);
    lines.extend(documentation.lines().map(|line| match line.strip_prefix("## ") {
        Some(heading) => style.bold(heading),
        None => line.to_owned(),
    }));
    lines.extend(settings(check, style));
    lines.extend(names(check, style));
    lines.join("\n") + "\n"
}

/// Why a check demands what it does, in paragraphs.
#[must_use]
pub fn reasons(check: &Check) -> Vec<String> {
    let documentation = documentation(check);
    let mut sections = documentation.split("\n## ");
    let why = sections.find_map(|section| section.trim_start_matches("## ").strip_prefix("Why\n"));
    let paragraphs = why.unwrap_or_default().trim().split("\n\n");
    paragraphs.map(|text| text.replace('\n', " ")).collect()
}

fn head(check: &Check, style: Style) -> impl Iterator<Item = String> {
    let kinds = kinds(check);
    [
        ("severity", style.severity(check.severity, check.severity.as_str())),
        ("category", check.category.as_str().to_owned()),
        ("tier", check.tier.as_str().to_owned()),
        ("profiles", profiles(check).join(", ")),
        ("judges", kinds.join(", ")),
        ("remedy", check.remediation.to_owned()),
    ]
    .into_iter()
    .map(move |(name, value)| format!("{}  {value}", style.dim(&format!("{name:<8}"))))
}

fn names(check: &Check, style: Style) -> Vec<String> {
    let elsewhere = elsewhere(check);
    if elsewhere.is_empty() {
        return Vec::new();
    }
    let sources = width(elsewhere.iter().map(|(source, _)| source.title()));
    let mut lines = vec![String::new(), style.bold("Elsewhere"), String::new()];
    lines.extend(elsewhere.iter().map(|(source, ids)| {
        let title = style.dim(&format!("{:<sources$}", source.title()));
        format!("{title}  {ids}")
    }));
    lines
}

fn settings(check: &Check, style: Style) -> Vec<String> {
    let parameters = check.parameters.as_ref().map(parameters).unwrap_or_default();
    if parameters.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), style.bold("Parameters")];
    for Parameter { name, takes, default, meaning } in parameters {
        let default = if default.is_empty() { default } else { format!(", default {default}") };
        lines.extend([String::new(), format!("{name}: {takes}{default}"), format!("  {meaning}")]);
    }
    lines
}
