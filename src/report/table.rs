//! What a scan found, for people: a block for each object, a line for each finding.

use std::fmt::{self, Display};

use super::{
    Compared, Comparison, Detail, Head,
    answers::CheckAnswers,
    compliance_table,
    lazy::groups,
    scan::{FileProblem, ScanFinding, ScanReport, Summary},
    style::{Style, counted, width},
    wrap::hang,
};

/// How many reasons of a check are told.
const REASONS: usize = 3;

/// The findings of each object, the worst first, then what could not be read or judged, the
/// framework that was asked for, and a summary line. It is made as it is written. Where `columns` are
/// given, texts are wrapped.
#[must_use]
pub fn scan_table<'a>(
    report: &'a ScanReport<'_>,
    style: Style,
    columns: Option<usize>,
) -> impl Display + 'a {
    fmt::from_fn(move |out| {
        let is_shown = |head: &Head| head.comparison != Some(Comparison::Unchanged);
        let shown = report.findings.heads().iter().filter(|head| is_shown(head));
        let checks = width(shown.map(|head| &*head.check));
        let sheet = Sheet { style, columns, checks, has_files: report.cluster.is_none() };
        let shown = report.findings.choose(Detail::Line, is_shown);
        for findings in groups(shown, |a, b| a.target == b.target && a.file == b.file) {
            write!(out, "{}\n\n", without_commands(sheet.block(&findings)))?;
        }
        writeln!(out, "{}", without_commands(rest(report, sheet).join("\n\n")))
    })
}

/// What stands below the findings.
fn rest(report: &ScanReport<'_>, sheet: Sheet) -> Vec<String> {
    let style = sheet.style;
    let mut blocks = Vec::new();
    if let Some(Compared { with, fixed, .. }) = &report.compared
        && !fixed.is_empty()
    {
        let head = if with.starts_with("cluster ") { "Fixed in" } else { "Fixed since" };
        let mut lines = vec![style.bold(&format!("{head} {with}"))];
        lines.extend(fixed.iter().map(|past| format!("  {}  {}", past.target, past.check)));
        blocks.push(lines.join("\n"));
    }
    if !report.problems.is_empty() {
        let mut lines = vec![style.bold("Not read")];
        lines.extend(report.problems.iter().map(|problem| sheet.problem(problem)));
        blocks.push(lines.join("\n"));
    }
    if report.summary.unknown > 0 {
        blocks.push(sheet.not_judged(report));
    }
    if let Some(compliance) = &report.compliance {
        blocks.extend(compliance_table::blocks(compliance, style));
    }
    blocks.push(summary(report, style));
    blocks
}

/// The same text for people, and none for the runner of GitHub: it takes lines that start with `::`,
/// and `##[` anywhere, for commands, and kinds and files may be called anything.
#[must_use]
pub fn without_commands(text: String) -> String {
    if !text.contains("::") && !text.contains("##[") {
        return text;
    }
    let lines = text.split_inclusive('\n').map(|line| {
        let line = line.replace("##[", "# #[");
        let indent = line.len() - line.trim_start().len();
        if line[indent..].starts_with("::") {
            format!("{}: {}", &line[..indent], &line[indent + 1..])
        } else {
            line
        }
    });
    lines.collect()
}

/// How the lines of a table are written.
#[derive(Clone, Copy)]
struct Sheet {
    style: Style,
    columns: Option<usize>,
    /// The width of the widest id of a check.
    checks: usize,
    /// Whether objects stand in files, and not in a cluster.
    has_files: bool,
}

impl Sheet {
    fn block(self, findings: &[ScanFinding]) -> String {
        let Self { style, columns, checks, has_files } = self;
        let ScanFinding { target, file, .. } = &findings[0];
        let title = style.bold(&target.title());
        let mut lines = vec![match has_files {
            true => hang(&format!("{title}  "), &style.dim(file), columns),
            false => title,
        }];
        let mut sorted: Vec<_> = findings.iter().collect();
        sorted.sort_by_key(|finding| (finding.severity, &finding.check));
        let digits = findings.iter().map(|finding| finding.line.to_string().len()).max();
        let digits = digits.unwrap_or(1);
        lines.extend(sorted.into_iter().map(|finding| {
            let ScanFinding { check, message, severity, line, .. } = finding;
            let line = match has_files {
                true => style.dim(&format!("{line:>digits$}")) + "  ",
                false => String::new(),
            };
            let severity = style.severity(*severity, &format!("{severity:<8}"));
            let note = finding.note().map(|note| style.dim(&format!(" ({note})")));
            let begin = format!("  {line}{severity}  {check:<checks$}  ");
            hang(&begin, &format!("{message}{}", note.unwrap_or_default()), columns)
        }));
        lines.join("\n")
    }

    fn problem(self, FileProblem { file, line, message }: &FileProblem) -> String {
        let place = if self.has_files { format!("{file}:{line}") } else { file.clone() };
        hang(&format!("  {place}: "), message, self.columns)
    }

    /// A line for each check and reason.
    fn not_judged(self, report: &ScanReport<'_>) -> String {
        let Self { style, columns, .. } = self;
        let unknown = report.checks.iter().filter(|answers| answers.unknown > 0);
        let checks = width(unknown.clone().map(|answers| &*answers.check));
        let mut lines = vec![style.bold("Not judged")];
        for CheckAnswers { check, reasons, .. } in unknown {
            let begin = format!("  {check:<checks$}  ");
            let shown = reasons
                .iter()
                .take(REASONS)
                .map(|reason| format!("{}: {}", counted(reason.objects, "object"), reason.reason));
            lines.extend(shown.map(|text| hang(&begin, &text, columns)));
            if reasons.len() > REASONS {
                lines.push(format!("{begin}{} more reasons", reasons.len() - REASONS));
            }
        }
        if !report.complete && self.has_files {
            let hint = style.dim("--complete says that the input is a whole cluster");
            lines.push(hang("  ", &hint, columns));
        }
        lines.join("\n")
    }
}

/// The numbers in one line.
pub(super) fn summary(report: &ScanReport<'_>, style: Style) -> String {
    let Summary { objects, open, exempt, passed, unknown, problems, ignored } = &report.summary;
    let found: Vec<_> = open
        .present()
        .map(|(severity, count)| style.severity(severity, &format!("{count} {severity}")))
        .collect();
    let nothing = if report.compared.is_some() { "nothing new" } else { "nothing found" };
    let found = if found.is_empty() { nothing.to_owned() } else { found.join(", ") };
    let compared = report.compared.as_ref();
    let unchanged = compared.map_or(0, |compared| compared.unchanged);
    let incomparable = compared.map_or(0, |compared| compared.incomparable);
    let rest = [
        (unchanged > 0).then(|| format!("{unchanged} known")),
        (incomparable > 0).then(|| format!("{incomparable} incomparable")),
        (*exempt > 0).then(|| format!("{exempt} exempt")),
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
        api::Severity,
        report::samples::{finding, report},
    };

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
        assert_eq!(scan_table(&report, Style::Plain, None).to_string(), expected);
    }

    #[test]
    fn lines_fit_the_terminal() {
        let mut long = finding("web", "a-check-with-a-name", Severity::High, 12);
        long.message = "container `web` does something that takes many words to say".into();
        let report = report(vec![long]);
        for columns in [40, 60, 80] {
            let text = scan_table(&report, Style::Coloured, Some(columns)).to_string();
            let widest = width(text.lines().filter(|line| !line.contains("judged")));
            assert!(widest <= columns, "{columns}\n{text}");
            let words = |text: &str| {
                text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
            };
            let plain = scan_table(&report, Style::Coloured, None).to_string();
            assert_eq!(words(&text), words(&plain), "no word is lost");
        }
    }

    #[test]
    fn objects_of_a_cluster_have_no_files() {
        let mut report = report(vec![finding("web", "short", Severity::High, 1)]);
        report.cluster = Some("https://10.0.0.1:6443".into());
        report.problems[0].file = "nodes".into();
        let text = scan_table(&report, Style::Plain, None).to_string();
        assert!(text.starts_with("Deployment shop/web\n  high      short  is bad\n"), "{text}");
        assert!(text.contains("\n  nodes: is broken\n") && !text.contains("--complete"), "{text}");
    }

    #[test]
    fn no_line_is_a_command_of_a_runner() {
        let mut finding = finding("web", "short", Severity::High, 1);
        finding.target.kind = "::error file=x::y".into();
        finding.message = "##[error] a::b".into();
        let mut report = report(vec![finding]);
        report.problems[0].file = "::stop-commands::x".into();
        let text = scan_table(&report, Style::Plain, None).to_string();
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        assert!(!text.contains("##[") && text.contains("# #[error] a::b"), "{text}");
    }

    #[test]
    fn colours_change_nothing_else() {
        let report = report(vec![finding("api", "short", Severity::High, 1)]);
        let coloured = scan_table(&report, Style::Coloured, None).to_string();
        assert!(coloured.contains("\u{1b}[31mhigh    \u{1b}[0m"), "{coloured:?}");
        let mut plain = coloured;
        for code in ["1;31", "31", "33", "36", "1", "2", "0"] {
            plain = plain.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(plain, scan_table(&report, Style::Plain, None).to_string());
    }
}
