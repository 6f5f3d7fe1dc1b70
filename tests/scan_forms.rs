//! Each form of a scan's output, held against the rules of those who read it.
//!
//! The schemas in `tests/schemas/` are ours: of the standards they say what we write, and refuse
//! everything else, so that a field that the standard does not know is found.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use holystone::{api::ActionItem, items::item_name, report};
use serde_json::Value;

/// A manifest with findings of many checks, checks that cannot know, and something unreadable.
const SHOP: &str = "examples/demo/shop.yaml";
const BROKEN: &str = "tests/cli/broken";

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn scan(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holystone"));
    command.current_dir(root()).env("SOURCE_DATE_EPOCH", "1795276800").arg("scan");
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn form(form: &str) -> String {
    scan(&[SHOP, BROKEN, "--profile", "all", "--format", form])
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Holds a document against a schema of `tests/schemas/`, or of `docs/`.
fn validate(schema: &Path, document: &Value) {
    let schema = json(&fs::read_to_string(schema).unwrap());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(5)
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn json_fits_the_committed_schema() {
    let path = root().join("docs/scan.schema.json");
    let report = json(&form("json"));
    assert_eq!(report["formatVersion"], report::SCAN_FORMAT);
    validate(&path, &report);
    validate(&path, &json(&scan(&[SHOP, "--compliance", "pss-restricted", "--format", "json"])));
    let mut wrong = report;
    wrong["findings"][0]["line"] = "three".into();
    let schema = json(&fs::read_to_string(&path).unwrap());
    assert!(!jsonschema::is_valid(&schema, &wrong));
}

#[test]
fn yaml_says_what_json_says() {
    let yaml: Value = serde_saphyr::from_str(&form("yaml")).unwrap();
    assert!(yaml == json(&form("json")));
}

#[test]
fn sarif_fits_the_standard_and_the_limits_of_github() {
    let log = json(&form("sarif"));
    validate(&root().join("tests/schemas/sarif-2.1.0.json"), &log);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    let results = run["results"].as_array().unwrap();
    assert!(results.len() > 20 && results.len() <= 25_000);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let distinct: BTreeSet<_> =
        results.iter().map(|result| result["fingerprints"].to_string()).collect();
    assert_eq!(distinct.len(), results.len());
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn junit_has_the_elements_and_counts_that_readers_expect() {
    let text = form("junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let suites = document.root_element();
    assert_eq!(suites.tag_name().name(), "testsuites");
    let number = |node: roxmltree::Node<'_, '_>, name| -> usize {
        node.attribute(name).unwrap_or_else(|| panic!("{name}")).parse().unwrap()
    };
    let mut totals = [0; 3];
    for suite in suites.children().filter(roxmltree::Node::is_element) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        let cases: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
        let mut counts = [cases.len(), 0, 0, 0];
        for case in cases {
            assert_eq!(case.tag_name().name(), "testcase");
            let allowed = ["name", "classname", "time"];
            assert!(case.attributes().all(|attribute| allowed.contains(&attribute.name())));
            assert!(!case.attribute("name").unwrap().is_empty());
            let results: Vec<_> = case.children().filter(roxmltree::Node::is_element).collect();
            assert!(results.len() <= 1);
            for result in results {
                let kinds = ["", "failure", "error", "skipped"];
                let kind = kinds.iter().position(|kind| *kind == result.tag_name().name()).unwrap();
                counts[kind] += 1;
                assert!(result.attribute("message").is_some());
            }
        }
        let told = ["tests", "failures", "errors", "skipped"].map(|name| number(suite, name));
        assert_eq!(told, counts);
        totals.iter_mut().zip(told).for_each(|(total, count)| *total += count);
    }
    assert_eq!(["tests", "failures", "errors"].map(|name| number(suites, name)), totals);
    let summary = &json(&form("json"))["summary"];
    let open: u64 = summary["open"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(totals[1] as u64, open);
    assert_eq!(totals[2] as u64, summary["problems"].as_u64().unwrap());
    let answered = ["passed", "unknown", "problems"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(totals[0] as u64, open + answered.iter().sum::<u64>());
}

#[test]
fn gitlab_gets_the_fields_that_it_demands() {
    let issues = json(&form("gitlab"));
    validate(&root().join("tests/schemas/gitlab-code-quality.json"), &issues);
    let issues = issues.as_array().unwrap();
    let prints: BTreeSet<_> = issues.iter().map(|issue| issue["fingerprint"].to_string()).collect();
    assert_eq!(prints.len(), issues.len());
    assert_eq!(issues.len(), json(&form("json"))["findings"].as_array().unwrap().len());
}

#[test]
fn each_annotation_is_one_line() {
    let text = form("github");
    let report = json(&form("json"));
    let count = |name: &str| report[name].as_array().unwrap().len();
    assert_eq!(text.lines().count(), count("findings") + count("problems"));
    for line in text.lines() {
        let level = line.strip_prefix("::").and_then(|line| line.split(' ').next()).unwrap();
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
        assert!(line.contains(" file=") && line.contains(",line="), "{line}");
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let page = form("html");
    for fetches in ["<script", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(fetches), "{fetches}");
    }
    let findings = json(&form("json"))["findings"].as_array().unwrap().len();
    assert_eq!(page.matches("<details>").count(), findings);
}

#[test]
fn items_are_those_that_a_cluster_would_hold() {
    let items: Vec<ActionItem> = serde_saphyr::from_multiple(&form("actionitems")).unwrap();
    let report = json(&form("json"));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(items.len(), findings.len());
    for (item, finding) in items.iter().zip(findings) {
        let target = holystone::engine::Target::from(&item.spec.target);
        let name = item.metadata.name.as_deref().unwrap();
        assert_eq!(name, item_name(&item.spec.check, &target, 0));
        assert_eq!(finding["fingerprint"], name);
        let status = item.status.as_ref().unwrap();
        assert_eq!(status.message.as_deref(), finding["message"].as_str());
    }
    let owned = |item: &&ActionItem| item.status.as_ref().unwrap().owner.is_some();
    assert!(items.iter().any(|item| owned(&item)));
}

#[test]
fn several_forms_are_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let sarif = format!("sarif={}", file("a.sarif").display());
    let junit = format!("junit={}", file("b.xml").display());
    let printed = scan(&[SHOP, "--format", &sarif, "--format", "markdown", "--format", &junit]);
    assert!(printed.starts_with("## Holystone\n"), "{printed}");
    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    assert_eq!(read("a.sarif"), scan(&[SHOP, "--format", "sarif"]));
    assert_eq!(read("b.xml"), scan(&[SHOP, "--format", "junit"]));
    assert_eq!(scan(&[SHOP, "--format", &sarif]), "");
}

#[test]
fn exempt_findings_are_suppressed_and_those_that_are_due_go_on() {
    let folder = "tests/cli/exempt";
    let policy = format!("{folder}/policy.yaml");
    let form = |form: &str| scan(&[folder, "--policy", &policy, "--format", form]);
    let log = json(&form("sarif"));
    validate(&root().join("tests/schemas/sarif-2.1.0.json"), &log);
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    let kinds: Vec<_> =
        results.filter_map(|result| result["suppressions"][0]["kind"].as_str()).collect();
    assert_eq!(kinds, ["external", "inSource"]);
    validate(&root().join("docs/scan.schema.json"), &json(&form("json")));
    let junit = form("junit");
    assert_eq!(
        (junit.matches("<failure").count(), junit.matches("<skipped").count()),
        (3, 2),
        "{junit}"
    );
    assert_eq!(form("github").lines().count(), 3);
    assert_eq!(json(&form("gitlab")).as_array().unwrap().len(), 3);
}

#[test]
fn what_is_compared_fits_too() {
    let arguments = ["tests/cli/table", "--baseline", "tests/cli/baseline/known.yaml", "--format"];
    let form = |form: &str| scan(&[&arguments[..], &[form]].concat());
    let report = json(&form("json"));
    validate(&root().join("docs/scan.schema.json"), &report);
    assert_eq!(
        (&report["compared"]["new"], &report["compared"]["unchanged"]),
        (&3.into(), &1.into())
    );
    let log = json(&form("sarif"));
    validate(&root().join("tests/schemas/sarif-2.1.0.json"), &log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().filter(|result| result["baselineState"] == "unchanged").count(), 1);
}

#[test]
fn shells_and_man_know_the_commands() {
    let print = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_holystone")).args(arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(print(&["completions", shell]).contains("write-baseline"), "{shell}");
    }
    assert!(print(&["man"]).contains(".TH holystone 1"));
    let folder = tempfile::tempdir().unwrap();
    print(&["man", "--out", folder.path().to_str().unwrap()]);
    let page = fs::read_to_string(folder.path().join("holystone-scan.1")).unwrap();
    assert!(page.contains("write\\-baseline"), "{page}");
}
