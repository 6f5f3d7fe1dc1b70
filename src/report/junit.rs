//! Answers as the results of tests: a suite for each file, a case for each object and check.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write};

use super::{
    Detail,
    scan::{FileProblem, Pass, ScanFinding, ScanReport, UnknownCheck},
    xml::escape,
};

/// What became of a case.
enum Outcome<'a> {
    Passed,
    Failed(Box<ScanFinding>),
    /// It could not be judged, or is accepted or known.
    Skipped(String),
    /// It could not be read.
    Erred(&'a FileProblem),
}

struct Case<'a> {
    class: Cow<'static, str>,
    name: String,
    outcome: Outcome<'a>,
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// The form of Ant and Maven, which Jenkins, GitLab and others read. What passes is there if the
/// report knows it.
#[must_use]
pub fn junit(report: &ScanReport<'_>) -> String {
    let suites = suites(report);
    let Counts { tests, failures, errors, skipped: _ } = count(suites.values().flatten());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"holystone\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"0\">\n"
    );
    for (file, cases) in &suites {
        let Counts { tests, failures, errors, skipped } = count(cases);
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" \
             errors=\"{errors}\" skipped=\"{skipped}\" time=\"0\">",
            escape(file)
        );
        cases.iter().for_each(|case| write(&mut text, case));
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

/// The cases of each file, sorted by object and check.
fn suites<'a>(report: &'a ScanReport<'_>) -> BTreeMap<String, Vec<Case<'a>>> {
    let mut suites: BTreeMap<String, Vec<Case<'a>>> = BTreeMap::new();
    let mut add = |file, class, name, outcome| {
        suites.entry(file).or_default().push(Case { class, name, outcome });
    };
    for finding in report.findings.choose(Detail::Line, |_| true) {
        let (file, check) = (finding.file.clone(), finding.check.clone());
        let title = finding.target.title();
        let outcome = match finding.head().is_due() {
            true => Outcome::Failed(Box::new(finding)),
            false => Outcome::Skipped(finding.note().unwrap_or_default()),
        };
        add(file, check, title, outcome);
    }
    for UnknownCheck { check, target, reason, file, line: _ } in report.unknown.iter() {
        add(file, check, target.title(), Outcome::Skipped(reason));
    }
    for Pass { check, target, file } in report.passes.iter() {
        add(file, check, target.title(), Outcome::Passed);
    }
    for problem in &report.problems {
        let line = format!("line {}", problem.line);
        add(problem.file.clone(), "parse".into(), line, Outcome::Erred(problem));
    }
    for cases in suites.values_mut() {
        cases.sort_by(|a, b| (&a.name, &a.class).cmp(&(&b.name, &b.class)));
    }
    suites
}

fn count<'a>(cases: impl IntoIterator<Item = &'a Case<'a>>) -> Counts {
    let mut counts = Counts::default();
    for case in cases {
        counts.tests += 1;
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Failed(_) => counts.failures += 1,
            Outcome::Skipped(_) => counts.skipped += 1,
            Outcome::Erred(_) => counts.errors += 1,
        }
    }
    counts
}

fn write(text: &mut String, Case { class, name, outcome }: &Case<'_>) {
    let head =
        format!("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", class, escape(name));
    let result = match outcome {
        Outcome::Passed => {
            let _ = writeln!(text, "{head}/>");
            return;
        }
        Outcome::Failed(finding) => {
            let ScanFinding { message, severity, remediation, file, line, column, .. } = &**finding;
            let body = escape(&format!("{file}:{line}:{column}: {message}"));
            let message = escape(message);
            let remediation = escape(remediation);
            format!(
                "<failure message=\"{message}\" type=\"{severity}\">{body}\n{remediation}</failure>"
            )
        }
        Outcome::Skipped(reason) => format!("<skipped message=\"{}\"/>", escape(reason)),
        Outcome::Erred(FileProblem { file, line, message }) => {
            let body = escape(&format!("{file}:{line}: {message}"));
            format!("<error message=\"{}\" type=\"unreadable\">{body}</error>", escape(message))
        }
    };
    let _ = writeln!(text, "{head}>\n      {result}\n    </testcase>");
}
