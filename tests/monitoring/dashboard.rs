//! The dashboard is what Grafana takes, and each of its queries is one.

use std::collections::BTreeSet;

use holystone::metrics::Metrics;
use serde_json::{Value, json};

use crate::tools::{promtool, read};

const BOARD: &str = "charts/holystone/files/dashboard.json";

fn board() -> Value {
    serde_json::from_str(&read(BOARD)).unwrap()
}

fn panels() -> Vec<Value> {
    let board = board();
    let panels = board["panels"].as_array().unwrap();
    panels.iter().filter(|panel| panel["type"] != "row").cloned().collect()
}

/// Title of the panel and query, with its variables as Grafana fills them in for "All".
pub fn queries() -> Vec<(String, String)> {
    let mut queries = Vec::new();
    for panel in panels() {
        let title = panel["title"].as_str().unwrap();
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let query = query.replace("$cluster", ".*").replace("$namespace", ".*");
            let query = query.replace("$__rate_interval", "1m");
            assert!(!query.contains('$'), "{title}: {query}");
            queries.push((title.to_owned(), query));
        }
    }
    queries
}

#[test]
fn promtool_understands_each_query() {
    let rules: Vec<Value> = queries()
        .iter()
        .enumerate()
        .map(|(number, (_, query))| json!({"record": format!("query:{number}"), "expr": query}))
        .collect();
    let count = rules.len();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("queries.yaml");
    let groups = json!({"groups": [{"name": "dashboard", "rules": rules}]});
    std::fs::write(&file, groups.to_string()).unwrap();
    let Some(told) = promtool(&["check", "rules", &file.display().to_string()], None) else {
        return;
    };
    assert!(told.contains(&format!("SUCCESS: {count} rules found")) && count > 25, "{told}");
}

#[test]
fn queries_ask_for_metrics_that_exist() {
    let metrics = Metrics::new().unwrap();
    let known: BTreeSet<&str> = metrics.declared().iter().map(|one| one.name.as_str()).collect();
    for (title, query) in queries() {
        let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let is_ours = |word: &&str| word.starts_with("holystone_") || word.starts_with("process_");
        for word in words.filter(is_ours) {
            let bare = word.trim_end_matches("_bucket");
            assert!(known.contains(bare), "{title}: {word}");
        }
    }
}

#[test]
fn grafana_can_keep_it() {
    let (text, board) = (read(BOARD), board());
    assert!(text.len() < 1 << 20);
    let id = board["uid"].as_str().unwrap();
    assert!(!id.is_empty() && id.len() <= 40);
    let variables = board["templating"]["list"].as_array().unwrap();
    let names: Vec<_> =
        variables.iter().map(|variable| variable["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["datasource", "cluster", "namespace"]);
    let panels = panels();
    let mut ids = BTreeSet::new();
    for panel in &panels {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}");
        assert!(panel["description"].as_str().unwrap().ends_with('.'), "{title}");
        let source = &panel["datasource"]["uid"];
        assert_eq!(source, "${datasource}", "{title}");
        for target in panel["targets"].as_array().unwrap() {
            assert_eq!(&target["datasource"]["uid"], source, "{title}");
        }
    }
    let titles: Vec<_> = panels.iter().map(|panel| panel["title"].as_str().unwrap()).collect();
    for wanted in ["Open findings", "Namespaces", "Owners", "Checks", "Age of the oldest", "Leader"]
    {
        assert!(titles.contains(&wanted), "{wanted} is missing");
    }
}

/// Panels do not lie on each other, and the grid has 24 columns.
#[test]
fn panels_lie_side_by_side() {
    let mut taken = BTreeSet::new();
    for panel in panels() {
        let of = |key: &str| panel["gridPos"][key].as_u64().unwrap();
        for x in of("x")..of("x") + of("w") {
            for y in of("y")..of("y") + of("h") {
                assert!(x < 24 && taken.insert((x, y)), "{}", panel["title"]);
            }
        }
    }
}
