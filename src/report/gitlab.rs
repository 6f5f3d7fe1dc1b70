//! Findings for GitLab's widget of code quality, which compares them with the target branch.

use serde::Serialize;

use crate::api::Severity;

use super::{
    Detail,
    scan::{ScanFinding, ScanReport},
};

/// An issue, with the fields that GitLab reads.
#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// A list with an issue for each finding that is due.
pub fn gitlab(report: &ScanReport<'_>) -> serde_json::Result<String> {
    let findings: Vec<_> = report.findings.due(Detail::Full).collect();
    super::json(&findings.iter().map(issue).collect::<Vec<_>>())
}

fn issue(finding: &ScanFinding) -> Issue<'_> {
    let ScanFinding { check, fingerprint, severity, target, message, file, line, .. } = finding;
    Issue {
        description: format!("{}: {message}", target.title()),
        check_name: check,
        fingerprint,
        severity: match severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        location: Location { path: file, lines: Lines { begin: *line } },
    }
}
