//! Every value has a comment, a place in the schema and a line in the README of the chart.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;

use crate::tools::{chart, holds, run};

const BEGIN: &str = "<!-- values: written by `BLESS=1 cargo test --test chart` -->\n";
const END: &str = "<!-- end of values -->\n";

#[test]
fn the_table_of_values_is_up_to_date() {
    let file = chart().join("README.md");
    let readme = fs::read_to_string(&file).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("the table begins");
    let (_, after) = rest.split_once(END).expect("the table ends");
    holds(&file, &format!("{before}{BEGIN}{}{END}{after}", table()));
}

#[test]
fn every_value_is_explained() {
    let explained: BTreeSet<String> = explanations().into_iter().map(|(path, _)| path).collect();
    let mut paths = BTreeSet::new();
    leaves(&values(), "", &explained, &mut paths);
    assert_eq!(paths, explained);
}

#[test]
fn the_schema_knows_every_value_and_no_other() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(chart().join("values.schema.json")).unwrap())
            .unwrap();
    same_fields(&values(), &schema, "");
}

/// What `flags` takes is what `holystone run` takes, but for what the chart sets by itself.
#[test]
fn flags_are_those_of_the_program() {
    let answer = run(Command::new(env!("CARGO_BIN_EXE_holystone")).args(["run", "--help"]));
    let ours =
        ["help", "context", "identity", "kubeconfig", "listen", "log", "log-format", "namespace"];
    let words = answer.out.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    let names = words.map(|line| line.split([' ', '=']).next().unwrap_or_default());
    let flags: BTreeSet<_> = names.filter(|name| !ours.contains(name)).collect();
    let schema = fs::read_to_string(chart().join("values.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let known = schema["properties"]["flags"]["properties"].as_object().unwrap();
    assert_eq!(known.keys().map(String::as_str).collect::<BTreeSet<_>>(), flags);
}

/// One release has one version.
#[test]
fn versions_are_that_of_the_program() {
    let read = |text: &str| serde_saphyr::from_str::<Value>(text).unwrap();
    let ours = env!("CARGO_PKG_VERSION");
    let chart: Value = read(&fs::read_to_string(chart().join("Chart.yaml")).unwrap());
    assert_eq!([&chart["version"], &chart["appVersion"]], [ours, ours]);
    let image = chart["annotations"]["artifacthub.io/images"].as_str().unwrap();
    assert!(image.contains(&format!(":{ours}\n")), "{image}");
    let kustomization = read(include_str!("../../config/default/kustomization.yaml"));
    assert_eq!(kustomization["images"][0]["newTag"], ours);
}

fn values() -> Value {
    serde_saphyr::from_str(include_str!("../../charts/holystone/values.yaml")).unwrap()
}

/// The paths of the values that have a comment, with it.
fn explanations() -> Vec<(String, String)> {
    let mut explanations = Vec::new();
    let (mut section, mut comment) = (String::new(), None);
    for line in include_str!("../../charts/holystone/values.yaml").lines() {
        let text = line.trim_start();
        if let Some(words) = text.strip_prefix("# -- ") {
            comment = Some(words.to_owned());
            continue;
        }
        let Some((name, _)) = text.split_once(':') else { continue };
        let is_top = text.len() == line.len();
        if let Some(comment) = comment.take() {
            let path = if is_top { name.to_owned() } else { format!("{section}.{name}") };
            explanations.push((path, comment));
        }
        if is_top {
            name.clone_into(&mut section);
        }
    }
    explanations
}

fn table() -> String {
    let values = values();
    let line = |(path, comment): (String, String)| {
        let pointer = format!("/{}", path.replace('.', "/"));
        let default = values.pointer(&pointer).expect("it has a default").to_string();
        format!("| `{path}` | `{default}` | {comment} |\n")
    };
    let lines: String = explanations().into_iter().map(line).collect();
    format!("\n| Value | Default | Meaning |\n|---|---|---|\n{lines}\n")
}

/// The paths of explained values, and of those that nobody explains.
fn leaves(value: &Value, path: &str, explained: &BTreeSet<String>, paths: &mut BTreeSet<String>) {
    match value.as_object() {
        Some(fields) if !explained.contains(path) => {
            let below = |name| if path.is_empty() { name } else { format!("{path}.{name}") };
            fields.iter().for_each(|(name, value)| {
                leaves(value, &below(name.clone()), explained, paths);
            });
        }
        _ => {
            paths.insert(path.to_owned());
        }
    }
}

/// Where the schema names fields, they are those of the values.
fn same_fields(values: &Value, schema: &Value, path: &str) {
    let Some(known) = schema["properties"].as_object() else { return };
    assert_eq!(schema["additionalProperties"], false, "{path} takes anything");
    let Some(fields) = values.as_object().filter(|_| path != ".flags") else { return };
    assert!(fields.keys().eq(known.keys()) || sorted(fields) == sorted(known), "{path}");
    for (name, value) in fields {
        same_fields(value, &known[name], &format!("{path}.{name}"));
    }
}

fn sorted(fields: &serde_json::Map<String, Value>) -> BTreeSet<&String> {
    fields.keys().collect()
}
