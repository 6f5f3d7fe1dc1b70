//! Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull
//! request. Texts of manifests are escaped, so that none becomes a command of its own.

use std::fmt::Write;

use crate::api::Severity;

use super::{
    Detail,
    scan::{FileProblem, ScanFinding, ScanReport},
};

/// A command for each finding that is due, then one for each problem.
#[must_use]
pub fn github(report: &ScanReport<'_>) -> String {
    let mut text = String::new();
    for finding in report.findings.due(Detail::Line) {
        let ScanFinding { check, target, message, remediation, file, line, column, .. } = &finding;
        let place = Place { file, line: *line, column: Some(*column) };
        let message = format!("{}: {message}\n{remediation}", target.title());
        command(&mut text, level(finding.severity), &place, check, &message);
    }
    for FileProblem { file, line, message } in &report.problems {
        let place = Place { file, line: *line, column: None };
        command(&mut text, "error", &place, "cannot be read", message);
    }
    text
}

struct Place<'a> {
    file: &'a str,
    line: u32,
    column: Option<u32>,
}

fn command(text: &mut String, level: &str, place: &Place<'_>, title: &str, message: &str) {
    let Place { file, line, column } = place;
    let column = column.map(|column| format!(",col={column}")).unwrap_or_default();
    let (file, title, message) = (property(file), property(title), data(message));
    // Writing to a text does not fail.
    let _ = writeln!(text, "::{level} file={file},line={line}{column},title={title}::{message}");
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

/// What stands behind `::`, to the end of the line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands before it, between commas.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn no_text_of_a_manifest_is_a_command() {
        let text = github(&samples::full());
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        let starts =
            ["::error file=a b/c%2Cd%3Ae%25.yaml,line=12,col=1,title=privileged-container::"];
        assert!(lines[0].starts_with(starts[0]), "{text}");
        assert!(lines[0].contains("%250A::error::x"), "{text}");
        assert!(
            lines[1].starts_with("::warning file=web.yaml,line=3,col=1,title=single-replica::")
        );
        assert_eq!(lines[2], "::error file=x.yaml,line=3,title=cannot be read::is broken");
    }

    #[test]
    fn escapes_are_those_of_the_runner() {
        assert_eq!(property("a:b,c%\r\n"), "a%3Ab%2Cc%25%0D%0A");
        assert_eq!(data("a:b,c%\n"), "a:b,c%25%0A");
    }
}
