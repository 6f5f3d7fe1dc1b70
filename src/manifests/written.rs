//! An object as the API server would hold it: JSON without what is `null`.

use std::fmt::Write;

use super::node::{Field, Node, Value};

/// Maps of texts: in them `null` is the empty text for the API server.
const TEXTS: [&str; 10] = [
    "labels",
    "annotations",
    "matchLabels",
    "nodeSelector",
    "selector",
    "data",
    "binaryData",
    "stringData",
    "parameters",
    "volumeAttributes",
];
/// Maps of quantities: in them `null` is zero.
const QUANTITIES: [&str; 8] =
    ["requests", "limits", "hard", "default", "defaultRequest", "min", "max", "capacity"];

/// Writes an object. One whose name the API server makes up is called by what the name starts with.
pub(super) fn write_object(object: &Node<'_>, out: &mut String) {
    let metadata = object.value.get("metadata").map(|metadata| &metadata.value);
    let is_named = |metadata: &Value<'_>| {
        metadata.get("name").is_some_and(|name| !matches!(name.value, Value::Null))
    };
    let made_up = metadata.filter(|metadata| !is_named(metadata));
    let prefix = made_up.and_then(|metadata| metadata.get("generateName"));
    out.push('{');
    let mut is_first = true;
    for field in object.value.fields().filter(|field| !is_null(&field.node)) {
        separate(&mut is_first, out);
        write_text(&field.name, out);
        out.push(':');
        match prefix.filter(|_| field.name == "metadata") {
            Some(prefix) => write_metadata(&field.node.value, prefix, out),
            None => write_value(&field.name, &field.node.value, out),
        }
    }
    out.push('}');
}

fn is_null(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Null)
}

fn separate(is_first: &mut bool, out: &mut String) {
    if !*is_first {
        out.push(',');
    }
    *is_first = false;
}

fn write_metadata(metadata: &Value<'_>, name: &Node<'_>, out: &mut String) {
    out.push_str("{\"name\":");
    write_value("", &name.value, out);
    for field in metadata.fields().filter(|field| field.name != "name" && !is_null(&field.node)) {
        out.push(',');
        write_field(field, out);
    }
    out.push('}');
}

fn write_field(field: &Field<'_>, out: &mut String) {
    write_text(&field.name, out);
    out.push(':');
    write_value(&field.name, &field.node.value, out);
}

/// Writes what stands in a field of this name.
fn write_value(name: &str, value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Text(text) => write_text(text, out),
        Value::List(nodes) => {
            out.push('[');
            let mut is_first = true;
            for node in nodes {
                separate(&mut is_first, out);
                write_value("", &node.value, out);
            }
            out.push(']');
        }
        Value::Map(_) => write_map(name, value, out),
    }
}

fn write_map(name: &str, map: &Value<'_>, out: &mut String) {
    out.push('{');
    let mut is_first = true;
    for field in map.fields() {
        if !is_null(&field.node) {
            separate(&mut is_first, out);
            write_field(field, out);
        } else if let Some(default) = default_of(name, &field.name) {
            separate(&mut is_first, out);
            write_text(&field.name, out);
            out.push(':');
            write_text(default, out);
        }
    }
    out.push('}');
}

/// What `null` stands for as an entry of the map that is called so.
fn default_of(map: &str, entry: &str) -> Option<&'static str> {
    // A `selector` may have fields of its own instead.
    if matches!(entry, "matchLabels" | "matchExpressions") {
        return None;
    }
    let is_text = TEXTS.contains(&map).then_some("");
    is_text.or_else(|| QUANTITIES.contains(&map).then_some("0"))
}

fn write_text(text: &str, out: &mut String) {
    let is_escaped = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    out.push('"');
    if text.bytes().any(is_escaped) {
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                c if c < ' ' => {
                    let _ = write!(out, "\\u{:04x}", u32::from(c));
                }
                c => out.push(c),
            }
        }
    } else {
        out.push_str(text);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Position, tree},
        *,
    };

    fn written(text: &str) -> String {
        let mut out = String::new();
        tree::read(text, Position::default(), |document| {
            write_object(&document.unwrap(), &mut out);
        });
        out
    }

    #[test]
    fn what_is_null_is_absent_but_in_maps_of_values() {
        let text = "{a: null, list: [null], labels: {x: }, limits: {cpu: null}, selector: {matchLabels: }}";
        let expected = r#"{"list":[null],"labels":{"x":""},"limits":{"cpu":"0"},"selector":{}}"#;
        assert_eq!(written(text), expected);
    }

    #[test]
    fn a_name_that_is_made_up_is_what_it_starts_with() {
        let text = "metadata: {generateName: a-, name: , labels: {}}";
        assert_eq!(written(text), r#"{"metadata":{"name":"a-","generateName":"a-","labels":{}}}"#);
        let named = "metadata: {generateName: a-, name: b}";
        assert_eq!(written(named), r#"{"metadata":{"generateName":"a-","name":"b"}}"#);
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(written(r#"a: "\"\\\n\te\x01""#), r#"{"a":"\"\\\n\u0009e\u0001"}"#);
    }
}
