//! From what the engine found to what is printed.

use std::{borrow::Cow, collections::BTreeMap, rc::Rc, sync::Arc};

use crate::{
    api::{ExemptionReason, State, limits},
    checks::Evidence,
    engine::{Acceptance, Accepted, AnyCheck, Located, Report, Score, Unjudged},
    items::{clean, item_name},
    manifests::{Position, Problem},
};

use super::{
    Detail, EvidenceLine, Findings, Head, Lazy, Rendered, SCAN_FORMAT, ScanExemption, ScanFinding,
    ScanReport, Summary, UnknownCheck,
    answers::answers,
    scan::{FileProblem, NAME, Pass, target},
};

/// What was judged, and how.
pub struct Judged<'a> {
    /// What was found.
    pub report: &'a Report,
    /// What of it is accepted, or nearly, by the position of the finding.
    pub acceptances: &'a BTreeMap<usize, Acceptance>,
    /// Where a field of a judged object stands.
    pub locate: Locate<'a>,
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

/// Tells where a field of a judged object stands.
pub type Locate<'a> = Rc<dyn Fn(usize, &str) -> Spot + 'a>;

impl<'a> ScanReport<'a> {
    /// Joins what the engine found with where it stands.
    #[must_use]
    pub fn new(judged: &Judged<'a>) -> Self {
        let Judged { report, acceptances, problems, ignored, complete, .. } = *judged;
        let (of_findings, of_unknown) = (Rc::clone(&judged.locate), Rc::clone(&judged.locate));
        let heads = report.findings.iter().enumerate();
        let heads = heads.map(|(index, found)| head(found, acceptances.get(&index)));
        let findings = Findings::new(heads.collect(), move |index, detail| {
            finding(&report.findings[index], acceptances.get(&index), detail, &*of_findings)
        });
        let unknown = Lazy::new(report.unknown.len(), move |index| {
            unknown(&report.unknown[index], &*of_unknown)
        });
        let summary = Summary {
            objects: report.objects,
            passed: report.passed.values().sum(),
            unknown: report.unknown.len(),
            problems: problems.len(),
            ignored,
            ..Summary::default()
        };
        let custom = report.passed.keys().filter(|check| matches!(check, AnyCheck::Custom(_)));
        let score = |(name, score): &(Arc<str>, Score)| (clean(name, NAME), score.percent());
        let mut report = Self {
            format_version: SCAN_FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            cluster: None,
            complete,
            findings,
            unknown,
            checks: answers(report),
            problems: problems.iter().map(problem).collect(),
            compared: None,
            scores: report.scores.iter().map(score).collect(),
            compliance: None,
            summary,
            passes: passes(report, &judged.locate),
            custom: custom.cloned().collect(),
        };
        report.count();
        report
    }
}

/// The checks that objects pass, where the engine has kept them.
fn passes<'a>(report: &'a Report, locate: &Locate<'a>) -> Lazy<'a, Pass> {
    let passes = report.passes.iter();
    let passes: Vec<(&AnyCheck, u32)> = passes
        .flat_map(|(check, targets)| targets.iter().map(move |target| (check, *target)))
        .collect();
    let locate = Rc::clone(locate);
    Lazy::new(passes.len(), move |index| {
        let (check, place) = passes[index];
        let (about, position) = &report.targets[place as usize];
        let file = clean(&locate(*position, "").file, NAME);
        Pass { check: check.into(), target: target(about), file }
    })
}

fn head(found: &Located, acceptance: Option<&Acceptance>) -> Head {
    let is_exempt = acceptance.is_some_and(|acceptance| acceptance.in_force.is_some());
    Head {
        check: (&found.wanted.check).into(),
        severity: acceptance.map_or(found.wanted.severity, |acceptance| acceptance.severity),
        state: if is_exempt { State::Exempt } else { State::Open },
        comparison: None,
    }
}

fn finding(
    found: &Located,
    acceptance: Option<&Acceptance>,
    detail: Detail,
    locate: &dyn Fn(usize, &str) -> Spot,
) -> ScanFinding {
    let wanted = &*found.wanted;
    let Head { check, severity, state, comparison } = head(found, acceptance);
    let first = wanted.evidence.first().map_or("", |entry| &*entry.path);
    let Spot { file, position, rendered } = locate(found.position, first);
    let at = |path: &str| match path == first {
        true => position,
        false => locate(found.position, path).position,
    };
    let places = wanted.evidence.iter().filter(|_| detail == Detail::Full);
    ScanFinding {
        check,
        severity,
        state,
        category: category(&wanted.check),
        fingerprint: match detail {
            Detail::Full => item_name(wanted.check.id(), &found.target, 0),
            Detail::Line => String::new(),
        },
        policies: wanted.policies.iter().map(|name| clean(name, NAME)).collect(),
        target: target(&found.target),
        message: clean(&wanted.message, limits::MESSAGE),
        remediation: clean(wanted.check.remediation(), limits::REMEDIATION),
        evidence: places.map(|entry| evidence(entry, at(&entry.path))).collect(),
        exemption: acceptance.and_then(|known| known.in_force.as_ref()).map(exemption),
        exemption_ended: acceptance.and_then(|known| known.ended).map(|end| end.to_string()),
        comparison,
        file: clean(&file, NAME),
        line: position.line,
        column: position.column,
        rendered: rendered.map(in_rendered),
    }
}

fn in_rendered((file, Position { line, column }): (String, Position)) -> Rendered {
    Rendered { file: clean(&file, NAME), line, column }
}

fn category(check: &AnyCheck) -> Cow<'static, str> {
    match check {
        AnyCheck::BuiltIn(check) => check.category.as_str().into(),
        AnyCheck::Custom(check) => clean(&check.category, NAME).into(),
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

fn unknown(unjudged: &Unjudged, locate: &dyn Fn(usize, &str) -> Spot) -> UnknownCheck {
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
