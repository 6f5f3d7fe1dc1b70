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

use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf};

use holystone::{
    checks::{self, Check, Context, Verdict},
    manifests::{Loaded, Manifest},
    model::{Cluster, Facts, Kind, Object},
};
use jiff::Timestamp;
use serde_json::Value;

/// One document, its comments and its text.
struct Document {
    expected: Vec<String>,
    /// Comments that are not expectations, kept in place.
    comments: Vec<String>,
    text: String,
    /// The version that it is judged for, if not that of the fixture.
    kubernetes_minor: Option<u16>,
    /// The parameters, if not those of the fixture.
    parameters: Option<Value>,
}

struct Fixture {
    parameters: Option<Value>,
    now: Timestamp,
    kubernetes_minor: u16,
    complete: bool,
    /// The settings, as they stand at the top.
    header: Vec<String>,
    documents: Vec<Document>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/checks")
}

fn is_comment(line: &&str) -> bool {
    line.starts_with('#') || line.trim().is_empty()
}

fn is_expectation(line: &str) -> bool {
    ["# finds: ", "# unknown: ", "# passes", "# not applicable"]
        .iter()
        .any(|prefix| line.starts_with(prefix))
}

fn is_setting(line: &str) -> bool {
    ["# parameters: ", "# now: ", "# kubernetes: ", "# incomplete"]
        .iter()
        .any(|prefix| line.starts_with(prefix))
}

/// Begins a new set of documents.
const ANOTHER: &str = "---\n# another cluster\n";

/// The clusters of a file.
fn read(path: &PathBuf) -> Vec<Fixture> {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.split(ANOTHER).map(cluster).collect()
}

fn cluster(text: &str) -> Fixture {
    let head = text.lines().take_while(is_comment).count();
    let (header, mut rest): (Vec<_>, Vec<_>) =
        text.lines().take(head).partition(|line| is_setting(line));
    rest.extend(text.lines().skip(head));
    let documents = rest.join("\n").split("\n---\n").map(document).collect();
    Fixture {
        parameters: parameters(&header),
        now: setting(&header, "now:").unwrap_or("2026-01-01T00:00:00Z").parse().unwrap(),
        kubernetes_minor: kubernetes_minor(&header).unwrap_or(37),
        complete: setting(&header, "incomplete").is_none(),
        header: header.into_iter().map(str::to_owned).collect(),
        documents,
    }
}

fn setting<'text>(lines: &[&'text str], name: &str) -> Option<&'text str> {
    lines.iter().find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)).map(str::trim)
}

fn kubernetes_minor(lines: &[&str]) -> Option<u16> {
    setting(lines, "kubernetes: 1.").map(|minor| minor.parse().unwrap())
}

fn parameters(lines: &[&str]) -> Option<Value> {
    setting(lines, "parameters:").map(|text| serde_saphyr::from_str(text).unwrap())
}

fn document(text: &str) -> Document {
    let head: Vec<&str> = text.lines().take_while(is_comment).collect();
    let lines = |wanted: bool| {
        let lines = head.iter().filter(|line| !line.trim().is_empty());
        lines.filter(|line| is_expectation(line) == wanted).map(ToString::to_string).collect()
    };
    Document {
        expected: lines(true),
        comments: lines(false),
        text: text.lines().skip(head.len()).collect::<Vec<_>>().join("\n"),
        kubernetes_minor: kubernetes_minor(&head),
        parameters: parameters(&head),
    }
}

fn object(path: &std::path::Path, document: &Document) -> Object {
    let mut manifest = Manifest::default();
    manifest.add(&path.display().to_string(), &document.text);
    let Manifest { objects, problems, .. } = manifest;
    let mut contents = objects.into_iter().map(|Loaded { content, .. }| content);
    contents.next().unwrap_or_else(|| {
        panic!("{}: not an object: {problems:?}\n{}", path.display(), document.text)
    })
}

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
