//! Findings as SARIF 2.1.0, as GitHub code scanning and others read it.

use std::fmt::Write;

use crate::api::{ExemptionOrigin, Severity, limits};

use super::{
    Comparison, ScanExemption,
    rule::Rule,
    sarif_types::{
        ArtifactLocation, BaseIds, Configuration, Driver, Fingerprints, Help, Invocation, Location,
        Log, LogicalLocation, Message, Notification, PartialFingerprints, PhysicalLocation, Region,
        ResultProperties, Root, RuleProperties, Run, SarifResult, SarifRule, Suppression, Tool,
    },
    scan::{FileProblem, ScanFinding, ScanReport},
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME: &str = "https://github.com/holystone-dev/holystone";
/// The base of relative paths, as GitHub calls it.
const ROOT: &str = "%SRCROOT%";
/// The longest short and full description.
const DESCRIPTION: usize = 1024;
/// The most further places of a finding.
const RELATED: usize = limits::EVIDENCE;

/// The report as a log of one run.
pub fn sarif(report: &ScanReport<'_>) -> serde_json::Result<String> {
    let ids: Vec<&str> = report
        .checks
        .iter()
        .map(|answers| &*answers.check)
        .filter(|id| Rule::find(id, report).is_some())
        .collect();
    let position = |id: &str| ids.iter().position(|known| *known == id);
    let findings: Vec<_> = report.findings.iter().collect();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "Holystone",
                    semantic_version: report.version,
                    information_uri: HOME,
                    rules: ids.iter().filter_map(|id| rule(id, report)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: report.problems.is_empty(),
                tool_execution_notifications: report.problems.iter().map(notification).collect(),
            }],
            original_uri_base_ids: BaseIds {
                root: Root { description: "the folder that was scanned from".into() },
            },
            column_kind: "unicodeCodePoints",
            results: findings.iter().map(|found| result(found, position(&found.check))).collect(),
        }],
    };
    super::json(&log)
}

fn rule(id: &str, report: &ScanReport<'_>) -> Option<SarifRule> {
    let rule = Rule::find(id, report)?;
    let is_security = rule.is_security();
    let tags = is_security.then_some("security").into_iter().chain([rule.category()]);
    Some(SarifRule {
        id: id.to_owned(),
        short_description: rule.title().into(),
        full_description: rule.reason(DESCRIPTION).into(),
        help: Help { text: rule.remediation().to_owned(), markdown: rule.documentation() },
        help_uri: rule.page(),
        default_configuration: Configuration { level: level(rule.severity()) },
        properties: RuleProperties {
            tags: tags.map(str::to_owned).collect(),
            security_severity: is_security.then(|| score(rule.severity())),
            problem_severity: (!is_security).then(|| problem(rule.severity())),
            precision: "high",
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// What GitHub reads as critical, high, medium and low.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.1",
    }
}

fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

fn result(finding: &ScanFinding, rule_index: Option<usize>) -> SarifResult<'_> {
    let ScanFinding { check, severity, policies, target, message, remediation, evidence, .. } =
        finding;
    let ScanFinding { fingerprint, file, line, column, .. } = finding;
    let name = target.title();
    let further = evidence.iter().skip(1).take(RELATED);
    let further = further.map(|place| Location {
        physical_location: physical(file, place.line, Some(place.column)),
        logical_locations: Vec::new(),
        message: Some(place.path.as_str().into()),
    });
    SarifResult {
        rule_id: check,
        rule_index,
        level: level(*severity),
        message: format!("{name}: {message}. Remedy: {remediation}").into(),
        locations: [Location {
            physical_location: physical(file, *line, Some(*column)),
            logical_locations: vec![LogicalLocation {
                name: target.name.clone(),
                fully_qualified_name: name,
                kind: "resource",
            }],
            message: None,
        }],
        related_locations: further.collect(),
        fingerprints: Fingerprints { identity: fingerprint },
        partial_fingerprints: PartialFingerprints { primary_location_line_hash: fingerprint },
        baseline_state: finding.comparison.and_then(state),
        suppressions: finding
            .exemption
            .iter()
            .map(|exemption| suppression(finding, exemption))
            .collect(),
        properties: ResultProperties { severity: severity.as_str(), policies },
    }
}

fn state(comparison: Comparison) -> Option<&'static str> {
    match comparison {
        Comparison::New => Some("new"),
        Comparison::Unchanged => Some("unchanged"),
        Comparison::Incomparable => None,
    }
}

/// Annotations stand in the file itself.
fn suppression(finding: &ScanFinding, exemption: &ScanExemption) -> Suppression {
    let is_here = exemption.from == ExemptionOrigin::Annotation.as_str();
    Suppression {
        kind: if is_here { "inSource" } else { "external" },
        status: "accepted",
        justification: finding.note().unwrap_or_else(|| "accepted".to_owned()),
    }
}

fn notification(problem: &FileProblem) -> Notification {
    let FileProblem { file, line, message } = problem;
    Notification {
        level: "error",
        message: message.as_str().into(),
        locations: [Location {
            physical_location: physical(file, *line, None),
            logical_locations: Vec::new(),
            message: None,
        }],
    }
}

fn physical(file: &str, start_line: u32, start_column: Option<u32>) -> PhysicalLocation {
    let is_absolute = file.starts_with('/');
    let path = encoded(file);
    PhysicalLocation {
        artifact_location: ArtifactLocation {
            uri: if is_absolute { format!("file://{path}") } else { path },
            uri_base_id: (!is_absolute).then_some(ROOT),
        },
        region: Region { start_line, start_column },
    }
}

/// A path as a reference: everything but the letters that need no escape is escaped.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            // Writing to a text does not fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

impl<T: Into<String>> From<T> for Message {
    fn from(text: T) -> Self {
        Self { text: text.into() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::samples;

    #[test]
    fn paths_are_references_to_the_root_or_to_a_file() {
        let uri = |path| physical(path, 1, None).artifact_location;
        assert_eq!(uri("a b/ü:c%.yaml").uri, "a%20b/%C3%BC%3Ac%25.yaml");
        assert_eq!(uri("a.yaml").uri_base_id, Some(ROOT));
        assert_eq!(
            (uri("/a.yaml").uri.as_str(), uri("/a.yaml").uri_base_id),
            ("file:///a.yaml", None)
        );
    }

    #[test]
    fn a_result_points_to_its_rule() {
        let log: Value = serde_json::from_str(&sarif(&samples::full()).unwrap()).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        assert_eq!(
            results[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"],
            14
        );
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    }
}
