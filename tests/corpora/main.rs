//! Holds the verdicts against labelled rows of public checkers: `polaris`, `kyverno` and `datree`.
//!
//! The data is not part of this repository: `HOLYSTONE_CORPORA` names its folder. Where we differ
//! from a row, `differences.tsv` says why, by a fact of Kubernetes: one line a row, its id, a tab and
//! the reason. A listed row that begins to agree is an error, too.

mod cel;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use holystone::{
    checks::{self, Context, Verdict},
    manifests::{Loaded, Manifest},
    model::{Cluster, Facts, Kind, Object},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

const DIFFERENCES: &str = include_str!("differences.tsv");

/// The version that the rows are judged for.
const KUBERNETES_MINOR: u16 = 36;

/// A few objects, and what a checker says about them.
#[derive(Deserialize)]
struct Row {
    id: String,
    peer: String,
    /// Our checks that demand the same.
    checks: Vec<String>,
    /// `fail`: at least one of them finds something; `pass`: none does.
    expected: String,
    /// The object that is meant, if not all.
    target: Option<String>,
    objects: Vec<Value>,
}

fn folder() -> PathBuf {
    std::env::var_os("HOLYSTONE_CORPORA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"),
        PathBuf::from,
    )
}

/// The rows of a file; `None` where there is no such file.
fn rows(name: &str) -> Option<Vec<Row>> {
    let path = folder().join(format!("{name}.jsonl"));
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn reasons() -> BTreeMap<&'static str, &'static str> {
    let lines = DIFFERENCES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once('\t').expect("an id, a tab and a reason")).collect()
}

/// The checks that find something, or why the objects cannot be read.
fn failing(row: &Row) -> Result<BTreeSet<&'static str>, String> {
    let mut manifest = Manifest::default();
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": row.objects });
    manifest.add(&row.id, &list.to_string());
    if let Some(problem) = manifest.problems.first() {
        return Err(problem.to_string());
    }
    let objects: Vec<Object> =
        manifest.objects.into_iter().map(|Loaded { content, .. }| content).collect();
    let mut cluster = Cluster::default();
    for &kind in Kind::ANY {
        cluster.set_complete(kind, true);
    }
    for object in objects.iter().filter(|object| object.kind != Kind::Other) {
        cluster.insert(Facts::of(object));
    }
    let is_meant =
        |object: &&Object| row.target.as_ref().is_none_or(|name| object.meta.name == *name);
    let meant: Vec<&Object> = objects.iter().filter(is_meant).collect();
    let checks = row.checks.iter().map(|id| checks::find(id).unwrap_or_else(|| panic!("{id}")));
    let fails = |check: &&checks::Check| {
        let parameters = check.parse_parameters(None).unwrap();
        let context = Context::new(&parameters, KUBERNETES_MINOR, Timestamp::UNIX_EPOCH);
        meant
            .iter()
            .any(|object| matches!(check.judge(object, &cluster, &context), Verdict::Fail(_)))
    };
    Ok(checks.filter(fails).map(|check| check.id).collect())
}

/// What is wrong with our answer to a row, if anything.
fn difference(row: &Row) -> Option<String> {
    let failing = match failing(row) {
        Ok(failing) => failing,
        Err(problem) => return Some(format!("cannot be read: {problem}")),
    };
    let agrees = (row.expected == "fail") != failing.is_empty();
    (!agrees).then(|| format!("{} expects {}, found {failing:?}", row.peer, row.expected))
}

fn hold(name: &str) {
    let Some(rows) = rows(name) else { return };
    let reasons = reasons();
    let mut wrong = Vec::new();
    for row in &rows {
        match (difference(row), reasons.get(row.id.as_str())) {
            (Some(difference), None) => wrong.push(format!("{}\t{difference}", row.id)),
            (None, Some(reason)) => {
                wrong.push(format!("{}\tagrees now, though: {reason}", row.id));
            }
            _ => {}
        }
    }
    let count = rows.len();
    assert!(wrong.is_empty(), "{} of {count} rows:\n{}", wrong.len(), wrong.join("\n"));
    let listed = rows.iter().filter(|row| reasons.contains_key(row.id.as_str())).count();
    eprintln!("{name}: {} of {count} rows agree", count - listed);
}

#[test]
fn polaris() {
    hold("polaris");
}

#[test]
fn kyverno() {
    hold("kyverno");
}

#[test]
fn datree() {
    hold("datree");
}
