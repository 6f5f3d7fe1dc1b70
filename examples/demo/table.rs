//! The tables that `kubectl get` prints: the API server makes them, kubectl aligns them.

use anyhow::Context;
use http::{Request, header};
use kube::Client;
use serde::Deserialize;
use serde_json::Value;

const AS_TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";
/// What kubectl leaves between columns, and the least width of one.
const GAP: usize = 3;
const LEAST: usize = 6;

/// What the API server answers when it is asked for a table.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Table {
    column_definitions: Vec<Column>,
    #[serde(default)]
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    /// Columns above zero are for `-o wide`.
    #[serde(default)]
    priority: i32,
}

#[derive(Deserialize)]
struct Row {
    cells: Vec<Value>,
    #[serde(default)]
    object: Value,
}

/// What `kubectl get` prints of a resource in all namespaces, or outside of any.
pub(crate) async fn get(client: &Client, plural: &str, namespaced: bool) -> anyhow::Result<String> {
    let path = format!("/apis/holystone.dev/v1alpha1/{plural}");
    let request = Request::get(path).header(header::ACCEPT, AS_TABLE).body(Vec::new())?;
    let table: Table = client
        .request(request)
        .await
        .with_context(|| format!("cannot get a table of {plural}; run it again"))?;
    Ok(align(&lines(&table, namespaced)))
}

/// The headings, then a line of cells for each row.
fn lines(table: &Table, namespaced: bool) -> Vec<Vec<String>> {
    let is_shown = |column: &Column| column.priority == 0;
    let first = |text: &str| namespaced.then(|| text.to_owned());
    let columns = table.column_definitions.iter().filter(|column| is_shown(column));
    let names = columns.map(|column| column.name.to_uppercase());
    let headings = first("NAMESPACE").into_iter().chain(names).collect();
    let rows = table.rows.iter().map(|row| {
        let namespace = row.object["metadata"]["namespace"].as_str().unwrap_or_default();
        let cells = row.cells.iter().zip(&table.column_definitions);
        let shown = cells.filter(|(_, column)| is_shown(column)).map(|(cell, _)| text(cell));
        first(namespace).into_iter().chain(shown).collect()
    });
    std::iter::once(headings).chain(rows).collect()
}

fn text(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn align(lines: &[Vec<String>]) -> String {
    let count = lines.first().map_or(0, Vec::len);
    let longest = |index: usize| lines.iter().map(|line| line[index].chars().count()).max();
    let widths: Vec<usize> =
        (0..count).map(|index| LEAST.max(longest(index).unwrap_or_default() + GAP)).collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<String>().trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}
