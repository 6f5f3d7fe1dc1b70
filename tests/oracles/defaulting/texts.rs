//! Objects from files.

use serde_json::Value;

/// The documents of a YAML file.
pub fn documents(text: &str) -> Vec<Value> {
    let documents = text.split("\n---\n");
    documents.map(|text| serde_saphyr::from_str(text).expect("it is YAML")).collect()
}
