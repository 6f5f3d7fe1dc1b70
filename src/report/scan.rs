//! What a scan found, fit to be printed.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    api::{Severity, State, limits},
    checks::{Evidence, Framework},
    engine::{Located, Report, Target, Unjudged},
    items::{clean, item_name},
    manifests::{Place, Position, Problem},
};

use super::{
    answers::{CheckAnswers, answers},
    compliance::Compliance,
};

/// The longest name of an object, a file or a check that is printed.
const NAME: usize = 512;

/// The version of the form of [`ScanReport`]: another one means that a reader has to be changed.
pub const SCAN_FORMAT: u32 = 1;

/// What `holystone scan` found, in an order that depends on the input only.
///
/// Within one `formatVersion` fields are added, and none is removed or given another meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanReport {
    /// The version of this form.
    pub format_version: u32,
    /// The version of Holystone.
    pub version: &'static str,
    /// Whether the input was said to be a whole cluster, so that absence proves something.
    pub complete: bool,
    /// Sorted by target and check.
    pub findings: Vec<OpenFinding>,
    /// Sorted by target and check.
    pub unknown: Vec<UnknownCheck>,
    /// What each check answered, in the order of the catalogue.
    pub checks: Vec<CheckAnswers>,
    /// What could not be read.
    pub problems: Vec<FileProblem>,
    /// A framework control by control, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compliance: Option<Compliance>,
    /// How many there are of everything.
    pub summary: Summary,
    /// What passes, where somebody asked for it.
    #[serde(skip)]
    pub passes: Vec<Pass>,
}

/// A check that an object passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The check.
    pub check: &'static str,
    /// The object.
    pub target: TargetName,
    /// Its file.
    pub file: String,
}

/// A check that an object fails; the fields are named as in an `ActionItem`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "as in an ActionItem")]
pub struct OpenFinding {
    pub check: &'static str,
    pub severity: Severity,
    pub state: State,
    pub category: &'static str,
    /// The name of the `ActionItem` that a cluster would keep: the same for the same finding,
    /// wherever the object stands in its file.
    pub fingerprint: String,
    pub policies: Vec<String>,
    pub target: TargetName,
    pub message: String,
    pub remediation: String,
    pub evidence: Vec<EvidenceLine>,
    /// The file of the judged object.
    pub file: String,
    /// The line of the first evidence, else of the object.
    pub line: u32,
    /// The column there, counted in characters from 1.
    pub column: u32,
}

/// What an object is called; what it has not is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "as in an ActionItem")]
pub struct TargetName {
    pub group: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

/// One place where a finding shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "as in an ActionItem")]
pub struct EvidenceLine {
    pub path: String,
    pub container: String,
    pub found: String,
    pub wanted: String,
    /// The line of the field, or of what is there of its path.
    pub line: u32,
    /// The column there.
    pub column: u32,
}

/// A check that could not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnknownCheck {
    /// The check.
    pub check: &'static str,
    /// The object.
    pub target: TargetName,
    /// Why.
    pub reason: String,
    /// The file of the judged object.
    pub file: String,
    /// The line of the object.
    pub line: u32,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileProblem {
    /// The file.
    pub file: String,
    /// The line where it shows.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// How many there are of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Objects that were judged.
    pub objects: usize,
    /// Findings by severity.
    pub open: Counts,
    /// Checks that objects pass.
    pub passed: usize,
    /// Checks that could not know.
    pub unknown: usize,
    /// What could not be read.
    pub problems: usize,
    /// Documents that are no objects, or of kinds that no check knows.
    pub ignored: usize,
}

/// Findings by severity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub critical: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    pub info: usize,
}

impl Counts {
    fn slot(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        }
    }

    /// The severities that there are findings of, the worst first.
    pub fn present(&self) -> impl Iterator<Item = (Severity, usize)> {
        let Self { critical, high, medium, low, info } = *self;
        let counts = Severity::ALL.into_iter().zip([critical, high, medium, low, info]);
        counts.filter(|(_, count)| *count > 0)
    }
}

impl TargetName {
    /// Kind, namespace and name as one text.
    #[must_use]
    pub fn title(&self) -> String {
        let Self { kind, namespace, name, group: _ } = self;
        if namespace.is_empty() {
            format!("{kind} {name}")
        } else {
            format!("{kind} {namespace}/{name}")
        }
    }
}

impl ScanReport {
    /// Joins what the engine found with where it stands; `places` are those of the judged objects.
    #[must_use]
    pub fn new(
        report: &Report,
        places: &[Place],
        problems: &[Problem],
        ignored: usize,
        complete: bool,
    ) -> Self {
        let findings: Vec<_> =
            report.findings.iter().map(|found| finding(found, &places[found.position])).collect();
        let mut open = Counts::default();
        for finding in &findings {
            *open.slot(finding.severity) += 1;
        }
        let summary = Summary {
            objects: report.objects,
            open,
            passed: report.passed.values().map(Vec::len).sum(),
            unknown: report.unknown.len(),
            problems: problems.len(),
            ignored,
        };
        Self {
            format_version: SCAN_FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            complete,
            findings,
            unknown: report
                .unknown
                .iter()
                .map(|unjudged| unknown(unjudged, &places[unjudged.position]))
                .collect(),
            checks: answers(report),
            problems: problems.iter().map(problem).collect(),
            compliance: None,
            summary,
            passes: Vec::new(),
        }
    }

    /// The same, with each check that an object passes.
    #[must_use]
    pub fn with_passes(mut self, report: &Report, places: &[Place]) -> Self {
        let passed = report.passed.iter().flat_map(|(check, targets)| {
            targets.iter().map(move |index| (*check, &report.targets[*index as usize]))
        });
        let pass = |(check, (about, position)): (&'static str, &(Target, usize))| Pass {
            check,
            target: target(about),
            file: clean(&places[*position].file, NAME),
        };
        self.passes = passed.map(pass).collect();
        self
    }

    /// The same, held against a framework. What could not be read may be what fails it.
    #[must_use]
    pub fn against(mut self, framework: &Framework, report: &Report) -> Self {
        let is_all = self.complete && self.problems.is_empty();
        self.compliance = Some(Compliance::new(framework, report, &self.checks, is_all));
        self
    }

    /// Whether there is a finding of this severity or a worse one.
    #[must_use]
    pub fn reaches(&self, severity: Severity) -> bool {
        self.findings.iter().any(|finding| finding.severity <= severity)
    }
}

fn finding(found: &Located, place: &Place) -> OpenFinding {
    let wanted = &found.wanted;
    let evidence: Vec<_> = wanted.evidence.iter().map(|entry| evidence(entry, place)).collect();
    let first = wanted.evidence.first().map_or("", |entry| &*entry.path);
    let Position { line, column } = place.position(first);
    OpenFinding {
        check: wanted.check.id,
        severity: wanted.severity,
        state: State::Open,
        category: wanted.check.category.as_str(),
        fingerprint: item_name(wanted.check.id, &found.target, 0),
        policies: wanted.policies.iter().map(|name| clean(name, NAME)).collect(),
        target: target(&found.target),
        message: clean(&wanted.message, limits::MESSAGE),
        remediation: clean(wanted.check.remediation, limits::REMEDIATION),
        file: clean(&place.file, NAME),
        line,
        column,
        evidence,
    }
}

fn evidence(entry: &Evidence, place: &Place) -> EvidenceLine {
    let Evidence { path, container, found, wanted } = entry;
    let Position { line, column } = place.position(path);
    EvidenceLine {
        path: clean(path, limits::EVIDENCE_PATH),
        container: clean(container, 63),
        found: clean(found, limits::EVIDENCE_VALUE),
        wanted: clean(wanted, limits::EVIDENCE_VALUE),
        line,
        column,
    }
}

pub(super) fn target(target: &Target) -> TargetName {
    let Target { group, kind, namespace, name } = target;
    TargetName {
        group: clean(group, NAME),
        kind: clean(kind, NAME),
        namespace: clean(namespace, NAME),
        name: clean(name, NAME),
    }
}

fn unknown(unjudged: &Unjudged, place: &Place) -> UnknownCheck {
    let Unjudged { check, target: about, reason, position: _ } = unjudged;
    UnknownCheck {
        check,
        target: target(about),
        reason: clean(reason, limits::MESSAGE),
        file: clean(&place.file, NAME),
        line: place.line(""),
    }
}

fn problem(problem: &Problem) -> FileProblem {
    let Problem { file, line, message, in_policy: _ } = problem;
    FileProblem { file: clean(file, NAME), line: *line, message: clean(message, limits::PROBLEM) }
}
