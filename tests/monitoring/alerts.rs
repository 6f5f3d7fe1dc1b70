//! Every alert is tested by the real promtool, firing and not firing, and has its page.

use std::collections::{BTreeMap, BTreeSet};

use holystone::metrics::Metrics;
use serde_json::Value;

use crate::tools::{promtool, read};

pub const RULES: &str = "charts/holystone/files/alerts.yaml";
const TESTS: [&str; 2] =
    ["tests/monitoring/alerts/controller.yaml", "tests/monitoring/alerts/findings.yaml"];
const PAGES: &str = "https://github.com/holystone-dev/holystone/blob/main/";

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn alerts() -> Vec<Value> {
    let groups = yaml(RULES);
    list(&groups, "groups").iter().flat_map(|group| list(group, "rules").to_vec()).collect()
}

fn name(alert: &Value) -> &str {
    alert["alert"].as_str().expect("every rule is an alert")
}

#[test]
fn promtool_finds_the_rules_in_order() {
    let Some(told) = promtool(&["check", "rules", RULES], None) else { return };
    assert!(told.contains(&format!("SUCCESS: {} rules found", alerts().len())), "{told}");
}

#[test]
fn promtool_tests_the_rules() {
    for tests in TESTS {
        let Some(told) = promtool(&["test", "rules", tests], None) else { return };
        assert!(told.contains("SUCCESS"), "{told}");
    }
}

/// What `promtool_tests_the_rules` holds, held for each alert.
#[test]
fn every_alert_is_tested_firing_and_not_firing() {
    let mut tested: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for file in TESTS.map(yaml) {
        for case in list(&file, "tests").iter().flat_map(|test| list(test, "alert_rule_test")) {
            let alert = case["alertname"].as_str().unwrap().to_owned();
            tested.entry(alert).or_default().insert(!list(case, "exp_alerts").is_empty());
        }
    }
    let expected = |alert: &Value| (name(alert).to_owned(), BTreeSet::from([false, true]));
    assert_eq!(tested, alerts().iter().map(expected).collect());
}

#[test]
fn alerts_have_what_people_expect_of_them() {
    for alert in alerts() {
        let name = name(&alert);
        assert!(name.starts_with("Holystone"), "{name}");
        let severity = alert["labels"]["severity"].as_str().unwrap();
        assert!(["critical", "warning", "info"].contains(&severity), "{name}");
        assert!(alert["for"].is_string(), "{name} waits before it fires");
        let text = |key: &str| alert["annotations"][key].as_str().unwrap().to_owned();
        assert!(!text("summary").contains("{{") && text("summary").len() < 80, "{name}");
        assert!(text("summary").ends_with('.') && text("description").ends_with('.'), "{name}");
    }
}

#[test]
fn alerts_ask_for_metrics_that_exist() {
    let metrics = Metrics::new().unwrap();
    let known: BTreeSet<&str> = metrics.declared().iter().map(|one| one.name.as_str()).collect();
    for alert in alerts() {
        let expression = alert["expr"].as_str().unwrap();
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let asked: BTreeSet<&str> = words.filter(|word| word.starts_with("holystone_")).collect();
        assert!(!asked.is_empty() && asked.is_subset(&known), "{}: {asked:?}", name(&alert));
    }
}

#[test]
fn every_alert_has_its_heading_and_every_heading_its_alert() {
    let pages = ["docs/runbooks/controller.md", "docs/runbooks/findings.md"];
    let mut described = BTreeSet::new();
    for path in pages {
        let page = read(path);
        for part in page.split("\n## ").skip(1) {
            let (heading, text) = part.split_once('\n').unwrap();
            for word in ["**What it means.**", "**Impact.**", "**How to look.**", "**What to do.**"]
            {
                assert!(text.contains(word), "{path}: {heading} lacks {word}");
            }
            let url = format!("{PAGES}{path}#{}", heading.to_lowercase());
            assert!(described.insert((heading.to_owned(), url)), "{heading} is there twice");
        }
    }
    let expected = |alert: &Value| {
        let url = alert["annotations"]["runbook_url"].as_str().unwrap();
        (name(alert).to_owned(), url.to_owned())
    };
    assert_eq!(described, alerts().iter().map(expected).collect());
    let index = read("docs/runbooks/README.md");
    for alert in alerts() {
        assert!(index.contains(&format!("#{})", name(&alert).to_lowercase())), "{}", name(&alert));
    }
}
