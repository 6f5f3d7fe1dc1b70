//! A summary for the page of a job, or for a comment on a pull request.

use crate::items::cut;

use super::{
    Detail, Style,
    scan::{FileProblem, ScanFinding, ScanReport},
    table::summary,
};

/// How many findings are listed; pages of jobs hold a mebibyte.
const ROWS: usize = 200;
/// The longest text of a cell.
const CELL: usize = 300;

/// A headline, a table of the findings that are due, the worst first, and what could not be read.
#[must_use]
pub fn markdown(report: &ScanReport<'_>) -> String {
    let mut lines = vec![
        "## Holystone".to_owned(),
        String::new(),
        summary(report, Style::Plain) + &score(report),
        String::new(),
    ];
    let mut findings: Vec<_> = report.findings.due(Detail::Line).collect();
    findings.sort_by_key(|finding| finding.severity);
    if !findings.is_empty() {
        lines.push("| Severity | Object | Check | Finding | Where |".to_owned());
        lines.push("|---|---|---|---|---|".to_owned());
        lines.extend(findings.iter().take(ROWS).map(row));
        lines.push(String::new());
    }
    if findings.len() > ROWS {
        lines.push(format!("{} more are not listed.", findings.len() - ROWS));
        lines.push(String::new());
    }
    if !report.problems.is_empty() {
        lines.extend(["### Not read".to_owned(), String::new()]);
        let problems = report.problems.iter().take(ROWS);
        lines.extend(problems.map(|FileProblem { file, line, message }| {
            format!("- {}: {}", code(&format!("{file}:{line}")), text(message))
        }));
        lines.push(String::new());
    }
    lines.join("\n")
}

fn score(report: &ScanReport<'_>) -> String {
    report.score().map(|score| format!("; score {score}")).unwrap_or_default()
}

fn row(finding: &ScanFinding) -> String {
    let ScanFinding { severity, target, check, message, file, line, .. } = finding;
    let target = code(&target.title());
    let place = code(&format!("{file}:{line}"));
    format!("| {severity} | {target} | {} | {} | {place} |", code(check), text(message))
}

/// A text in which nothing is markup but `code`: no link, no picture, no HTML, nobody mentioned.
fn text(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    let is_balanced = parts.len() % 2 == 1;
    let parts = parts.into_iter().enumerate().map(|(index, part)| match index % 2 {
        1 if is_balanced => code(part),
        _ => plain(part),
    });
    parts.collect()
}

fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in cut(text, CELL).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // Nobody and nothing is mentioned: `@all`, `#1`.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    // These are links without any markup.
    escaped.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// Code; as HTML, for within Markdown's own no escape reaches a backtick.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn texts_of_manifests_are_no_markup() {
        let markdown = markdown(&samples::full());
        let row = markdown.lines().find(|line| line.starts_with("| critical")).unwrap();
        let cells: Vec<_> = row.replace("\\|", "").split('|').map(str::to_owned).collect();
        assert_eq!(cells.len(), 7, "{row}");
        for bad in ["<script", "@all", "[b](c)", "&&"] {
            assert!(!row.contains(bad), "{bad}: {row}");
        }
    }

    #[test]
    fn code_stays_code() {
        let told = text("container `web` is privileged");
        assert_eq!(told, "container <code>web</code> is privileged");
    }

    #[test]
    fn long_reports_are_cut_with_a_count() {
        let finding = samples::finding("web", "short", crate::api::Severity::Low, 1);
        let markdown = markdown(&samples::report(vec![finding; ROWS + 2]));
        assert!(markdown.contains("\n2 more are not listed.\n"), "{markdown}");
        assert_eq!(markdown.matches("| low |").count(), ROWS);
    }
}
