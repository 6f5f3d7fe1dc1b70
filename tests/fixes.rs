//! What `holystone fix` does to manifests, over the fixtures of all checks that it can remedy: each remedy makes
//! its check pass, nothing else is changed, no comment is lost, and a second run has nothing to do.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use holystone::{
    api::AuditPolicySpec,
    checks::{self, Check},
    engine::{self, Policy, Rules},
    manifests::{self, Change, Edited, Loaded, Manifest, Place, Refusal},
    model::Object,
};
use serde_json::Value;

/// Begins a new set of documents in a fixture.
const ANOTHER: &str = "---\n# another cluster\n";

fn fixable() -> impl Iterator<Item = &'static Check> {
    checks::ALL.iter().copied().filter(|check| !check.fixes.is_empty())
}

fn rules(check: &Check) -> Rules {
    let mut spec = AuditPolicySpec::default();
    spec.checks.profiles = Vec::new();
    spec.checks.include = vec![check.id.to_owned()];
    spec.scope.namespaces.exclude = Vec::new();
    spec.severity_floor = holystone::api::Severity::Info;
    Rules::new(vec![Policy::compile("test", &spec).unwrap().into()], 37)
}

/// The clusters of a check's fixture, in several spellings.
fn texts(check: &Check) -> Vec<String> {
    let path = format!("{}/tests/checks/{}.yaml", env!("CARGO_MANIFEST_DIR"), check.id);
    let fixture = std::fs::read_to_string(path).unwrap();
    fixture.split(ANOTHER).flat_map(spellings).collect()
}

fn spellings(text: &str) -> Vec<String> {
    let values: Vec<Value> = documents(text);
    let json = |value: &Value| serde_json::to_string(value).unwrap();
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let block = |value: &Value| serde_saphyr::to_string(value).unwrap();
    let all = |write: &dyn Fn(&Value) -> String, between: &str| {
        values.iter().map(write).collect::<Vec<_>>().join(between)
    };
    let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": values });
    vec![
        text.to_owned(),
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        all(&json, "\n"),
        all(&pretty, "\n---\n"),
        all(&block, "---\n"),
        block(&list),
        pretty(&list),
    ]
}

fn documents(text: &str) -> Vec<Value> {
    let json: Result<Vec<Value>, _> =
        serde_json::Deserializer::from_str(text).into_iter().collect();
    json.unwrap_or_else(|_| serde_saphyr::from_multiple(text).unwrap())
}

/// Judges a text and remedies what can be. The answer is what was done in each object, by its place in
/// the text, and what was refused.
struct Round {
    text: String,
    done: BTreeMap<u32, Vec<String>>,
    findings: usize,
    refused: Vec<Refusal>,
    /// How many findings leave more than one way.
    open: usize,
}

fn round(rules: &Rules, text: &str) -> Round {
    let mut manifest = Manifest::default();
    manifest.add("x.yaml", text);
    assert_eq!(manifest.problems, [], "{text}");
    let objects = manifest.objects.into_iter().map(|Loaded { content, place }| (content, place));
    let (objects, places): (Vec<Object>, Vec<Place>) = objects.unzip();
    let found = engine::evaluate(rules, &objects, false, "2026-01-01T00:00:00Z".parse().unwrap());
    let remedies = found.findings.iter().filter_map(|found| {
        let steps = found.wanted.remedy()?;
        Some(Change { place: places[found.position].clone(), steps })
    });
    let changes: Vec<_> = remedies.collect();
    let Edited { text, outcomes } = manifests::edit(text, &changes);
    let mut done: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut refused = Vec::new();
    for (change, outcome) in changes.iter().zip(outcomes) {
        let pointers = change.steps.iter().map(|step| step.pointer.clone());
        match outcome {
            Ok(()) => done.entry(change.place.line("")).or_default().extend(pointers),
            Err(refusal) => refused.push(refusal),
        }
    }
    let findings = found.findings.len();
    Round { text, done, findings, refused, open: findings - changes.len() }
}

#[test]
fn each_remedy_makes_its_check_pass_and_a_second_run_has_nothing_to_do() {
    for check in fixable() {
        let rules = rules(check);
        let mut remedied = 0;
        for text in texts(check) {
            let first = round(&rules, &text);
            let second = round(&rules, &first.text);
            let id = check.id;
            assert_eq!(second.findings, first.refused.len() + first.open, "{id}\n{}", first.text);
            assert_eq!(second.text, first.text, "{id}");
            assert!(second.done.is_empty(), "{id}: {:?}", second.done);
            for refusal in first.refused {
                assert!(matches!(refusal, Refusal::Refused { .. }), "{id}: {refusal}\n{text}");
            }
            remedied += first.done.len();
        }
        assert!(remedied > 0, "{} is never remedied by its fixture", check.id);
    }
}

#[test]
fn nothing_else_is_changed() {
    for check in fixable() {
        let rules = rules(check);
        for text in texts(check) {
            let Round { text: after, done, .. } = round(&rules, &text);
            let done: Vec<&String> = done.values().flatten().collect();
            let (before, after) = (documents(&text), documents(&after));
            assert_eq!(before.len(), after.len());
            for (before, after) in before.iter().zip(&after) {
                let mut changed = Vec::new();
                differences(before, after, &mut String::new(), &mut changed);
                for path in changed {
                    let is_meant = |pointer: &&String| {
                        path.ends_with(*pointer) || path.contains(&format!("{pointer}/"))
                    };
                    assert!(done.iter().any(is_meant), "{}: {path}\n{text}", check.id);
                }
            }
        }
    }
}

/// The pointers of the leaves that are not the same.
fn differences(before: &Value, after: &Value, path: &mut String, changed: &mut Vec<String>) {
    let nothing = Value::Null;
    let length = path.len();
    let mut below = |name: &str, before: &Value, after: &Value| {
        path.push('/');
        path.push_str(name);
        differences(before, after, path, changed);
        path.truncate(length);
    };
    match (before, after) {
        (before, Value::Object(new)) if before.is_null() || before.is_object() => {
            for (name, after) in new {
                below(name, before.get(name).unwrap_or(&nothing), after);
            }
            let gone = before.as_object().into_iter().flatten();
            for (name, before) in gone.filter(|(name, _)| !new.contains_key(*name)) {
                below(name, before, &nothing);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for index in 0..old.len().max(new.len()) {
                let item = |items: &[Value]| items.get(index).cloned().unwrap_or_default();
                below(&index.to_string(), &item(old), &item(new));
            }
        }
        (before, after) if before == after => {}
        _ => changed.push(path.clone()),
    }
}

#[test]
fn comments_and_lines_that_are_not_meant_stay_as_they_are() {
    for check in fixable() {
        let rules = rules(check);
        for text in texts(check) {
            let after = round(&rules, &text).text;
            let comments = |text: &str| {
                let lines = text.lines().filter_map(|line| line.find('#').map(|at| &line[at..]));
                lines.map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(comments(&after), comments(&text), "{}", check.id);
            let ends = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
            let ((dos, all), (before, _)) = (ends(&after), ends(&text));
            assert!(before == 0 || dos == all, "{}: mixed line ends\n{after}", check.id);
            assert_eq!(after.ends_with('\n'), text.ends_with('\n'), "{}", check.id);
        }
    }
}

/// What a command answers: its exit code and what it prints.
fn fix(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    let output = command.current_dir(folder).arg("fix").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  hostPID: true # why
  containers: []
";

#[test]
fn files_are_changed_when_asked_and_once_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pod.yaml");
    fs::write(&file, POD).unwrap();
    let (code, diff, _) = fix(folder.path(), &["."]);
    assert_eq!(code, 1, "{diff}");
    assert!(diff.contains("-  hostPID: true # why\n+  hostPID: false # why\n"), "{diff}");
    assert_eq!(fs::read_to_string(&file).unwrap(), POD, "without --write nothing is written");

    let (code, written, error) = fix(folder.path(), &[".", "--write"]);
    assert_eq!((code, written), (0, diff));
    assert_eq!(error, "holystone: remedied 1 finding in 1 file\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), POD.replace("hostPID: true", "hostPID: false"));
    assert_eq!(fix(folder.path(), &[".", "--write"]), (0, String::new(), String::new()));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_remedied() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), "a: [").unwrap();
    fs::write(folder.path().join("b.yaml"), POD).unwrap();
    let (code, _, error) = fix(folder.path(), &[".", "--write"]);
    assert_eq!(code, 3, "{error}");
    assert!(error.contains("a.yaml:1: cannot be read as YAML"), "{error}");
    assert!(fs::read_to_string(folder.path().join("b.yaml")).unwrap().contains("hostPID: false"));
    assert_eq!(fix(folder.path(), &["missing.yaml"]).0, 2);
}

#[test]
fn the_diff_can_be_applied_by_git() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pod.yaml"), POD.trim_end()).unwrap();
    let (_, diff, _) = fix(folder.path(), &["."]);
    fs::write(folder.path().join("x.patch"), diff).unwrap();
    let git = Command::new("git").current_dir(&folder).args(["apply", "x.patch"]).status().unwrap();
    assert!(git.success());
    assert_eq!(fix(folder.path(), &["pod.yaml"]).0, 0);
}

#[test]
fn the_documentation_lists_each_remedy() {
    let page = fs::read_to_string(format!("{}/docs/fix.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let rows: Vec<String> = fixable()
        .flat_map(|check| check.fixes.iter().map(move |fix| (check.id, fix)))
        .map(|(id, fix)| {
            let field = fix.field.replace('/', ".");
            let value = match fix.edit {
                checks::Edit::Set(value) => format!("{field}: {value}"),
                checks::Edit::Include(text) => format!("{field}: [{text}]"),
            };
            format!("| [{id}](checks/{id}.md) | `{value}` |")
        })
        .collect();
    let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| [")).collect();
    assert_eq!(listed, rows);
}
