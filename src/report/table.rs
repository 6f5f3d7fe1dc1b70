//! What a scan found, for people: a block for each object, a line for each finding.

use super::{
    answers::CheckAnswers,
    compliance_table,
    scan::{FileProblem, OpenFinding, ScanReport, Summary, TargetName},
    style::{Style, counted, width},
};

/// How many reasons of a check are told.
const REASONS: usize = 3;

/// The findings of each object, the worst first, then what could not be read or judged, the
/// framework that was asked for, and a summary line.
#[must_use]
pub fn scan_table(report: &ScanReport, style: Style) -> String {
    let checks = width(report.findings.iter().map(|finding| finding.check));
    let objects = report.findings.chunk_by(|a, b| a.target == b.target);
    let mut blocks: Vec<String> = objects.map(|findings| block(findings, checks, style)).collect();
    if !report.problems.is_empty() {
        let mut lines = vec![style.bold("Not read")];
        lines.extend(
            report
                .problems
                .iter()
                .map(|FileProblem { file, line, message }| format!("  {file}:{line}: {message}")),
        );
        blocks.push(lines.join("\n"));
    }
    if report.summary.unknown > 0 {
        blocks.push(not_judged(report, style));
    }
    if let Some(compliance) = &report.compliance {
        blocks.extend(compliance_table::blocks(compliance, style));
    }
    blocks.push(summary(&report.summary, style));
    blocks.join("\n\n") + "\n"
}

fn block(findings: &[OpenFinding], checks: usize, style: Style) -> String {
    let OpenFinding { target, file, .. } = &findings[0];
    let mut lines = vec![format!("{}  {}", style.bold(&title(target)), style.dim(file))];
    let mut sorted: Vec<_> = findings.iter().collect();
    sorted.sort_by_key(|finding| (finding.severity, finding.check));
    let digits = findings.iter().map(|finding| finding.line.to_string().len()).max().unwrap_or(1);
    lines.extend(sorted.into_iter().map(|finding| {
        let OpenFinding { check, message, severity, line, .. } = finding;
        let line = style.dim(&format!("{line:>digits$}"));
        let severity = style.severity(*severity, &format!("{severity:<8}"));
        format!("  {line}  {severity}  {check:<checks$}  {message}")
    }));
    lines.join("\n")
}

/// A line for each check and reason.
fn not_judged(report: &ScanReport, style: Style) -> String {
    let unknown = report.checks.iter().filter(|answers| answers.unknown > 0);
    let checks = width(unknown.clone().map(|answers| answers.check));
    let mut lines = vec![style.bold("Not judged")];
    for CheckAnswers { check, reasons, .. } in unknown {
        let shown = reasons
            .iter()
            .take(REASONS)
            .map(|reason| format!("{}: {}", counted(reason.objects, "object"), reason.reason));
        lines.extend(shown.map(|text| format!("  {check:<checks$}  {text}")));
        if reasons.len() > REASONS {
            lines.push(format!("  {check:<checks$}  {} more reasons", reasons.len() - REASONS));
        }
    }
    if !report.complete {
        lines.push(style.dim("  --complete says that the input is a whole cluster"));
    }
    lines.join("\n")
}

fn title(target: &TargetName) -> String {
    let TargetName { kind, namespace, name, group: _ } = target;
    if namespace.is_empty() {
        format!("{kind} {name}")
    } else {
        format!("{kind} {namespace}/{name}")
    }
}

fn summary(summary: &Summary, style: Style) -> String {
    let Summary { objects, open, passed, unknown, problems, ignored } = summary;
    let found: Vec<_> = open
        .present()
        .map(|(severity, count)| style.severity(severity, &format!("{count} {severity}")))
        .collect();
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    let rest = [
        Some(format!("{passed} passed")),
        (*unknown > 0).then(|| format!("{unknown} not judged")),
        (*problems > 0).then(|| counted(*problems, "problem")),
        (*ignored > 0).then(|| format!("{} ignored", counted(*ignored, "document"))),
    ];
    let rest = rest.into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!("{} judged: {found}; {rest}", counted(*objects, "object"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::{Severity, State},
        report::{Counts, Reason},
    };

    fn finding(name: &str, check: &'static str, severity: Severity, line: u32) -> OpenFinding {
        let [kind, namespace] = ["Deployment", "shop"].map(str::to_owned);
        let target = TargetName { group: "apps".into(), kind, namespace, name: name.into() };
        OpenFinding {
            check,
            severity,
            state: State::Open,
            category: "pod-security",
            policies: vec!["baseline".into()],
            target,
            message: "is bad".into(),
            remediation: "make it good".into(),
            evidence: Vec::new(),
            file: "web.yaml".into(),
            line,
            column: 1,
        }
    }

    fn report(findings: Vec<OpenFinding>) -> ScanReport {
        let open = Counts { critical: 1, low: 2, ..Counts::default() };
        let problem = FileProblem { file: "x.yaml".into(), line: 3, message: "is broken".into() };
        let reason = Reason { reason: "it may be elsewhere".into(), objects: 1 };
        let answers = CheckAnswers {
            check: "short",
            unknown: 1,
            reasons: vec![reason],
            ..CheckAnswers::default()
        };
        ScanReport {
            version: "0",
            complete: false,
            findings,
            unknown: Vec::new(),
            checks: vec![answers],
            problems: vec![problem],
            compliance: None,
            summary: Summary { objects: 2, open, passed: 9, unknown: 1, problems: 1, ignored: 2 },
        }
    }

    #[test]
    fn findings_stand_below_their_object_and_the_worst_comes_first() {
        let report = report(vec![
            finding("api", "short", Severity::Low, 120),
            finding("web", "a-longer-one", Severity::Low, 7),
            finding("web", "short", Severity::Critical, 12),
        ]);
        let expected = "\
Deployment shop/api  web.yaml
  120  low       short         is bad

Deployment shop/web  web.yaml
  12  critical  short         is bad
   7  low       a-longer-one  is bad

Not read
  x.yaml:3: is broken

Not judged
  short  1 object: it may be elsewhere
  --complete says that the input is a whole cluster

2 objects judged: 1 critical, 2 low; 9 passed, 1 not judged, 1 problem, 2 documents ignored
";
        assert_eq!(scan_table(&report, Style::Plain), expected);
    }

    #[test]
    fn colours_change_nothing_else() {
        let report = report(vec![finding("api", "short", Severity::High, 1)]);
        let coloured = scan_table(&report, Style::Coloured);
        assert!(coloured.contains("\u{1b}[31mhigh    \u{1b}[0m"), "{coloured:?}");
        let mut plain = coloured;
        for code in ["1;31", "31", "33", "36", "1", "2", "0"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(plain, scan_table(&report, Style::Plain));
    }
}
