//! What a scan found, fit to be printed.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    api::{Severity, State},
    checks::Framework,
    engine::{AnyCheck, Report, Target},
    items::clean,
};

use super::{
    Compared, Comparison, Findings, Head, Lazy, answers::CheckAnswers, compliance::Compliance,
};

/// The longest name of an object, a file or a check that is printed.
pub(super) const NAME: usize = 512;

/// The version of the form of [`ScanReport`]: another one means that a reader has to be changed.
pub const SCAN_FORMAT: u32 = 1;

/// What `holystone scan` found, in an order that depends on the input only.
///
/// Within one `formatVersion` fields are added, and none is removed or given another meaning.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanReport<'a> {
    /// The version of this form.
    pub format_version: u32,
    /// The version of Holystone.
    pub version: &'static str,
    /// The address of the cluster that was read instead of files; then the file of an object is its path
    /// in the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Whether the input was said to be a whole cluster, so that absence proves something.
    pub complete: bool,
    /// Sorted by target and check.
    pub findings: Findings<'a>,
    /// Sorted by target and check.
    pub unknown: Lazy<'a, UnknownCheck>,
    /// What each check answered, in the order of the catalogue; custom ones last.
    pub checks: Vec<CheckAnswers>,
    /// What could not be read.
    pub problems: Vec<FileProblem>,
    /// What the findings are held against, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
    /// How each policy's checks were answered, by the policy's name, in percent; as in the status
    /// of a policy.
    pub scores: BTreeMap<String, Option<u32>>,
    /// A framework control by control, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compliance: Option<Compliance>,
    /// How many there are of everything.
    pub summary: Summary,
    /// What passes, where somebody asked for it.
    #[serde(skip)]
    pub passes: Lazy<'a, Pass>,
    /// The custom checks that looked at an object.
    #[serde(skip)]
    pub custom: Vec<AnyCheck>,
}

/// A check that an object passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The check.
    pub check: Cow<'static, str>,
    /// The object.
    pub target: TargetName,
    /// Its file.
    pub file: String,
}

/// A check that an object fails; the fields are named as in an `ActionItem`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "as in an ActionItem")]
pub struct ScanFinding {
    pub check: Cow<'static, str>,
    pub severity: Severity,
    pub state: State,
    pub category: Cow<'static, str>,
    /// The name of the `ActionItem` that a cluster would keep: the same for the same finding,
    /// wherever the object stands in its file.
    pub fingerprint: String,
    pub policies: Vec<String>,
    pub target: TargetName,
    pub message: String,
    pub remediation: String,
    pub evidence: Vec<EvidenceLine>,
    /// The exemption in force, of a finding in state `Exempt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemption: Option<ScanExemption>,
    /// When the exemption ended that the finding had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemption_ended: Option<String>,
    /// How it compares with another time, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The file that people edit.
    pub file: String,
    /// The line of the first evidence, else of the object.
    pub line: u32,
    /// The column there, counted in characters from 1.
    pub column: u32,
    /// Where it stands in what a tool has rendered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendered: Option<Rendered>,
}

impl ScanFinding {
    /// What of it is always known.
    #[must_use]
    pub fn head(&self) -> Head {
        let Self { severity, state, comparison, .. } = *self;
        Head { check: self.check.clone(), severity, state, comparison }
    }

    /// What is to be known of its exemption, or of how it compares.
    pub(super) fn note(&self) -> Option<String> {
        if let Some(ScanExemption { from, reason, note, until }) = &self.exemption {
            let reason = reason.map(|reason| format!(", {reason}")).unwrap_or_default();
            let until = until.as_ref().map(|end| format!(", until {end}")).unwrap_or_default();
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            return Some(format!("exempt by {from}{reason}{until}{note}"));
        }
        if let Some(end) = &self.exemption_ended {
            return Some(format!("its exemption ended {end}"));
        }
        match self.comparison? {
            Comparison::New => None,
            Comparison::Unchanged => Some("known".to_owned()),
            Comparison::Incomparable => Some("nobody knows whether it is new".to_owned()),
        }
    }
}

/// An exemption in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "as in an ActionItem")]
pub struct ScanExemption {
    pub from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A place in what a tool has rendered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rendered {
    /// The file or folder.
    pub file: String,
    /// The line of the rendered text.
    pub line: u32,
    /// The column there.
    pub column: u32,
}

/// What an object is called; what it has not is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
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
    pub check: Cow<'static, str>,
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
    /// Findings by severity that are open, and not known from another time.
    pub open: Counts,
    /// Findings that are accepted.
    pub exempt: usize,
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

impl ScanReport<'_> {
    /// Counts the findings anew.
    pub(super) fn count(&mut self) {
        let Summary { open, exempt, .. } = &mut self.summary;
        *open = Counts::default();
        let heads = self.findings.heads();
        for head in heads.iter().filter(|head| head.is_due()) {
            *open.slot(head.severity) += 1;
        }
        *exempt = heads.iter().filter(|head| head.state == State::Exempt).count();
    }

    /// The same, with nothing left to be made.
    #[must_use]
    pub fn made(self) -> ScanReport<'static> {
        ScanReport {
            findings: self.findings.iter().collect::<Vec<_>>().into(),
            unknown: self.unknown.iter().collect::<Vec<_>>().into(),
            passes: self.passes.iter().collect::<Vec<_>>().into(),
            ..self
        }
    }

    /// The same, held against a framework. What could not be read may be what fails it.
    #[must_use]
    pub fn against(mut self, framework: &Framework, report: &Report) -> Self {
        let is_all = self.complete && self.problems.is_empty();
        let is_exempt = |position: usize| {
            self.findings.heads().get(position).is_some_and(|head| head.state == State::Exempt)
        };
        let compliance = Compliance::new(framework, report, &self.checks, is_exempt, is_all);
        self.compliance = Some(compliance);
        self
    }

    /// Whether there is a finding of this severity or a worse one that is due.
    #[must_use]
    pub fn reaches(&self, severity: Severity) -> bool {
        self.findings.heads().iter().any(|head| head.is_due() && head.severity <= severity)
    }

    /// The lowest score of a policy.
    #[must_use]
    pub fn score(&self) -> Option<u32> {
        self.scores.values().flatten().copied().min()
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
