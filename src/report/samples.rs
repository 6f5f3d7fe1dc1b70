//! Reports for the tests of their forms.

use crate::api::{Severity, State};

use super::{
    Counts, EvidenceLine, Reason, SCAN_FORMAT, ScanFinding, ScanReport, Summary, TargetName,
    UnknownCheck,
    answers::CheckAnswers,
    scan::{FileProblem, Pass},
};

/// A text with everything that some form could stumble over.
pub(super) const HOSTILE: &str = "]]></x><script>alert(1)</script> %0A::error::x ##[warning] | `a` [b](c) @all & \"q\" 'r' \u{fffe}";

pub(super) fn target(name: &str) -> TargetName {
    let [group, kind, namespace] = ["apps", "Deployment", "shop"].map(str::to_owned);
    TargetName { group, kind, namespace, name: name.into() }
}

pub(super) fn finding(
    name: &str,
    check: &'static str,
    severity: Severity,
    line: u32,
) -> ScanFinding {
    ScanFinding {
        check: check.into(),
        severity,
        state: State::Open,
        category: "pod-security".into(),
        fingerprint: format!("{name}-{check}-0123456789"),
        policies: vec!["baseline".into()],
        target: target(name),
        message: "is bad".into(),
        remediation: "make it good".into(),
        evidence: Vec::new(),
        exemption: None,
        exemption_ended: None,
        comparison: None,
        rendered: None,
        file: "web.yaml".into(),
        line,
        column: 1,
    }
}

/// With one problem, one check that could not know, and counts that are made up.
pub(super) fn report(findings: Vec<ScanFinding>) -> ScanReport<'static> {
    let open = Counts { critical: 1, low: 2, ..Counts::default() };
    let problem = FileProblem { file: "x.yaml".into(), line: 3, message: "is broken".into() };
    let reason = Reason { reason: "it may be elsewhere".into(), objects: 1 };
    let answers = CheckAnswers {
        check: "short".into(),
        unknown: 1,
        reasons: vec![reason],
        ..CheckAnswers::default()
    };
    ScanReport {
        format_version: SCAN_FORMAT,
        version: "0",
        cluster: None,
        complete: false,
        findings: findings.into(),
        unknown: Vec::new().into(),
        checks: vec![answers],
        problems: vec![problem],
        compared: None,
        scores: [("baseline".to_owned(), Some(93))].into(),
        compliance: None,
        summary: Summary {
            objects: 2,
            open,
            exempt: 0,
            passed: 9,
            unknown: 1,
            problems: 1,
            ignored: 2,
        },
        passes: Vec::new().into(),
        custom: Vec::new(),
    }
}

/// With findings of two built-in checks, one of them full of hostile texts, a pass, and a check
/// that could not know.
pub(super) fn full() -> ScanReport<'static> {
    let place = |path: &str, line| EvidenceLine {
        path: path.into(),
        container: "web".into(),
        found: HOSTILE.into(),
        wanted: "not true".into(),
        line,
        column: 7,
    };
    let mut hostile = finding(HOSTILE, "privileged-container", Severity::Critical, 12);
    hostile.message = HOSTILE.into();
    hostile.file = "a b/c,d:e%.yaml".into();
    hostile.evidence = vec![place("/spec/a", 12), place("/spec/b", 14)];
    let mut report = report(vec![hostile, finding("web", "single-replica", Severity::Medium, 3)]);
    let unknown = UnknownCheck {
        check: "pdb-missing".into(),
        target: target("web"),
        reason: HOSTILE.into(),
        file: "web.yaml".into(),
        line: 1,
    };
    report.unknown = vec![unknown].into();
    let pass = Pass { check: "host-pid".into(), target: target("web"), file: "web.yaml".into() };
    report.passes = vec![pass].into();
    let answers = |check: &'static str| CheckAnswers {
        check: check.into(),
        failed: 1,
        ..CheckAnswers::default()
    };
    report.checks.extend(["privileged-container", "single-replica"].map(answers));
    report
}
