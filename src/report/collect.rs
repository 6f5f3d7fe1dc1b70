//! From what the engine found to what is printed.

use crate::{
    api::{ExemptionReason, State, limits},
    checks::Evidence,
    engine::{Acceptance, Accepted, AnyCheck, Located, Report, Target, Unjudged},
    items::{clean, item_name},
    manifests::{Position, Problem},
};

use super::{
    EvidenceLine, Rendered, SCAN_FORMAT, ScanExemption, ScanFinding, ScanReport, Summary,
    UnknownCheck,
    answers::answers,
    scan::{FileProblem, NAME, Pass, target},
};

/// What was judged, and how.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// What was found.
    pub report: &'a Report,
    /// Which of it is accepted, finding by finding.
    pub acceptances: &'a [Acceptance],
    /// Where a field of a judged object stands.
    pub locate: &'a dyn Fn(usize, &str) -> Spot,
    /// What could not be read.
    pub problems: &'a [Problem],
    /// How many documents are no objects.
    pub ignored: usize,
    /// Whether the objects were said to be a whole cluster.
    pub complete: bool,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file that people edit.
    pub file: String,
    /// The place there.
    pub position: Position,
    /// The file and place in what a tool has rendered from it.
    pub rendered: Option<(String, Position)>,
}

impl ScanReport {
    /// Joins what the engine found with where it stands.
    #[must_use]
    pub fn new(judged: &Judged<'_>) -> Self {
        let Judged { report, acceptances, locate, problems, ignored, complete } = *judged;
        let findings = report.findings.iter().zip(acceptances);
        let findings = findings.map(|(found, acceptance)| finding(found, acceptance, locate));
        let summary = Summary {
            objects: report.objects,
            passed: report.passed.values().map(Vec::len).sum(),
            unknown: report.unknown.len(),
            problems: problems.len(),
            ignored,
            ..Summary::default()
        };
        let custom = report.passed.keys().filter(|check| matches!(check, AnyCheck::Custom(_)));
        let scores = report.scores.iter();
        let scores = scores.map(|(name, score)| (clean(name, NAME), score.percent()));
        let mut report = Self {
            format_version: SCAN_FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            complete,
            findings: findings.collect(),
            unknown: report.unknown.iter().map(|unjudged| unknown(unjudged, locate)).collect(),
            checks: answers(report),
            problems: problems.iter().map(problem).collect(),
            compared: None,
            scores: scores.collect(),
            compliance: None,
            summary,
            passes: Vec::new(),
            custom: custom.cloned().collect(),
        };
        report.count();
        report
    }

    /// The same, with each check that an object passes.
    #[must_use]
    pub fn with_passes(mut self, judged: &Judged<'_>) -> Self {
        let Judged { report, locate, .. } = *judged;
        let passed = report.passed.iter().flat_map(|(check, targets)| {
            targets.iter().map(move |index| (check, &report.targets[*index as usize]))
        });
        let pass = |(check, (about, position)): (&AnyCheck, &(Target, usize))| Pass {
            check: check.into(),
            target: target(about),
            file: clean(&locate(*position, "").file, NAME),
        };
        self.passes = passed.map(pass).collect();
        self
    }
}

type Locate<'a> = &'a dyn Fn(usize, &str) -> Spot;

fn finding(found: &Located, acceptance: &Acceptance, locate: Locate<'_>) -> ScanFinding {
    let wanted = &found.wanted;
    let first = wanted.evidence.first().map_or("", |entry| &*entry.path);
    let Spot { file, position, rendered } = locate(found.position, first);
    let Acceptance { in_force, ended, severity, .. } = acceptance;
    let at = |path: &str| locate(found.position, path).position;
    ScanFinding {
        check: (&wanted.check).into(),
        severity: *severity,
        state: if in_force.is_some() { State::Exempt } else { State::Open },
        category: match &wanted.check {
            AnyCheck::BuiltIn(check) => check.category.as_str().into(),
            AnyCheck::Custom(check) => clean(&check.category, NAME).into(),
        },
        fingerprint: item_name(wanted.check.id(), &found.target, 0),
        policies: wanted.policies.iter().map(|name| clean(name, NAME)).collect(),
        target: target(&found.target),
        message: clean(&wanted.message, limits::MESSAGE),
        remediation: clean(wanted.check.remediation(), limits::REMEDIATION),
        evidence: wanted.evidence.iter().map(|entry| evidence(entry, at(&entry.path))).collect(),
        exemption: in_force.as_ref().map(exemption),
        exemption_ended: ended.map(|end| end.to_string()),
        comparison: None,
        file: clean(&file, NAME),
        line: position.line,
        column: position.column,
        rendered: rendered.map(|(file, Position { line, column })| Rendered {
            file: clean(&file, NAME),
            line,
            column,
        }),
    }
}

fn exemption(accepted: &Accepted) -> ScanExemption {
    let Accepted { origin, reason, note, until } = accepted;
    ScanExemption {
        from: origin.as_str(),
        reason: reason.map(ExemptionReason::as_str),
        note: note.as_ref().map(|note| clean(note, limits::EXEMPTION_NOTE)),
        until: until.map(|until| until.to_string()),
    }
}

fn evidence(entry: &Evidence, Position { line, column }: Position) -> EvidenceLine {
    let Evidence { path, container, found, wanted } = entry;
    EvidenceLine {
        path: clean(path, limits::EVIDENCE_PATH),
        container: clean(container, 63),
        found: clean(found, limits::EVIDENCE_VALUE),
        wanted: clean(wanted, limits::EVIDENCE_VALUE),
        line,
        column,
    }
}

fn unknown(unjudged: &Unjudged, locate: Locate<'_>) -> UnknownCheck {
    let Unjudged { check, target: about, reason, position } = unjudged;
    let Spot { file, position, rendered: _ } = locate(*position, "");
    UnknownCheck {
        check: check.into(),
        target: target(about),
        reason: clean(reason, limits::MESSAGE),
        file: clean(&file, NAME),
        line: position.line,
    }
}

fn problem(problem: &Problem) -> FileProblem {
    let Problem { file, line, message, in_policy: _ } = problem;
    FileProblem { file: clean(file, NAME), line: *line, message: clean(message, limits::PROBLEM) }
}
