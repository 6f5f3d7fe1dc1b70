//! Runs the fixture of every check: `tests/checks/<id>.yaml`.
//!
//! The documents of a fixture are one complete cluster, up to a document that begins with the comment
//! `# another cluster`. Comments before a document say what the
//! check answers about it; `BLESS=1` writes them anew:
//!
//! ```yaml
//! # finds: <JSON pointer>: <message>     one line for each piece of evidence
//! # unknown: <reason>
//! # passes
//! # not applicable
//! ```
//!
//! A document without such a line is only there to be looked up. Settings stand at the top of a cluster:
//! `# parameters: {…}`, `# now: 2026-01-01T00:00:00Z`, `# kubernetes: 1.37`, `# incomplete`. A later
//! document may have `# kubernetes: ` and `# parameters: ` of its own.

mod fixtures;

use std::{collections::BTreeSet, fmt::Write, fs};

use fixtures::{ANOTHER, Document, Fixture, folder, object, read};
use holystone::{
    checks::{self, Check, Context, Verdict},
    model::{Cluster, Facts, Kind, Object},
};

/// What the check answers, in the words of the comments.
fn answer(verdict: &Verdict) -> Vec<String> {
    match verdict {
        Verdict::Pass => vec!["# passes".into()],
        Verdict::NotApplicable => vec!["# not applicable".into()],
        Verdict::Unknown(reason) => vec![format!("# unknown: {reason}")],
        Verdict::Fail(finding) => finding
            .evidence
            .iter()
            .map(|place| format!("# finds: {}: {}", place.path, finding.message))
            .collect(),
    }
}

/// Runs a check over its fixture and gives the expectation lines of each document.
fn answers(check: &Check, path: &std::path::Path, fixture: &Fixture) -> Vec<Vec<String>> {
    let objects: Vec<_> = fixture.documents.iter().map(|document| object(path, document)).collect();
    let mut cluster = Cluster::default();
    for &kind in Kind::ANY {
        cluster.set_complete(kind, fixture.complete);
    }
    for object in &objects {
        match object.kind {
            Kind::Other => cluster.insert_other(object),
            _ => drop(cluster.insert(Facts::of(object))),
        }
    }
    let judge = |(document, object): (&Document, &Object)| {
        let parameters = document.parameters.as_ref().or(fixture.parameters.as_ref());
        let parameters = check.parse_parameters(parameters).unwrap();
        let minor = document.kubernetes_minor.unwrap_or(fixture.kubernetes_minor);
        let context = Context::new(&parameters, minor, fixture.now);
        match check.run.kinds().contains(&object.kind) {
            true => answer(&check.judge(object, &cluster, &context)),
            false => Vec::new(),
        }
    };
    fixture.documents.iter().zip(&objects).map(judge).collect()
}

fn render(fixture: &Fixture, answers: &[Vec<String>]) -> String {
    let mut text = String::new();
    fixture.header.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    for (index, (document, answer)) in fixture.documents.iter().zip(answers).enumerate() {
        if index > 0 {
            text.push_str("---\n");
        }
        for line in document.comments.iter().chain(answer) {
            writeln!(text, "{line}").unwrap();
        }
        writeln!(text, "{}", document.text.trim_end()).unwrap();
    }
    text
}

#[test]
fn every_fixture_finds_what_it_says() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut problems = Vec::new();
    for check in checks::ALL {
        let path = folder().join(format!("{}.yaml", check.id));
        let fixtures = read(&path);
        let answers: Vec<_> =
            fixtures.iter().map(|fixture| answers(check, &path, fixture)).collect();
        if bless {
            let texts = fixtures.iter().zip(&answers).map(|(one, answers)| render(one, answers));
            fs::write(&path, texts.collect::<Vec<_>>().join(ANOTHER)).unwrap();
            continue;
        }
        let documents = fixtures.iter().flat_map(|fixture| &fixture.documents);
        for (index, (document, answer)) in documents.zip(answers.iter().flatten()).enumerate() {
            if document.expected != *answer {
                problems.push(format!(
                    "{}, document {}:\n  expected {:#?}\n  found {answer:#?}",
                    path.display(),
                    index + 1,
                    document.expected,
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_fixture_has_a_bad_and_a_clean_object() {
    for check in checks::ALL {
        let path = folder().join(format!("{}.yaml", check.id));
        let fixtures = read(&path);
        let documents = fixtures.iter().flat_map(|fixture| &fixture.documents);
        let lines: Vec<_> = documents.flat_map(|document| &document.expected).collect();
        for wanted in ["# finds: ", "# passes"] {
            assert!(
                lines.iter().any(|line| line.starts_with(wanted)),
                "{} has no object with `{wanted}`",
                path.display()
            );
        }
    }
}

#[test]
fn fixtures_and_checks_are_the_same_set() {
    let fixtures: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let ids: BTreeSet<String> = checks::ALL.iter().map(|check| check.id.to_owned()).collect();
    assert_eq!(fixtures, ids);
}
