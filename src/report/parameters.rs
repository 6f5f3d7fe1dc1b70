//! The parameters of a check in words, from their JSON Schema.

use serde_json::Value;

use crate::checks::ParameterSpec;

/// One parameter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// What it takes: `number`, `list of texts` …
    pub(super) takes: String,
    /// What it is when nobody sets it, as JSON; empty where nothing is.
    pub(super) default: String,
    pub(super) meaning: String,
}

/// The parameters that a check takes, in the order of their names.
pub(super) fn parameters(spec: &ParameterSpec) -> Vec<Parameter> {
    let schema = Value::from((spec.schema)());
    let Some(fields) = schema["properties"].as_object() else { return Vec::new() };
    let parameter = |(name, field): (&String, &Value)| Parameter {
        name: name.clone(),
        takes: takes(field, &schema, 0),
        default: field.get("default").map(Value::to_string).unwrap_or_default(),
        meaning: meaning(field),
    };
    fields.iter().map(parameter).collect()
}

/// The description in one line.
fn meaning(field: &Value) -> String {
    let text = field["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a field takes; `depth` ends a schema that refers to itself.
fn takes(field: &Value, schema: &Value, depth: usize) -> String {
    let below =
        |field: &Value| if depth > 8 { "any".to_owned() } else { takes(field, schema, depth + 1) };
    if let Some(pointer) = field["$ref"].as_str().and_then(|text| text.strip_prefix('#')) {
        return schema.pointer(pointer).map_or_else(|| "any".to_owned(), below);
    }
    if let Some(values) = field["enum"].as_array() {
        return alternatives(values.iter().map(constant));
    }
    if let Some(value) = field.get("const") {
        return constant(value);
    }
    if let Some(choices) = field["anyOf"].as_array().or(field["oneOf"].as_array()) {
        return alternatives(choices.iter().map(below));
    }
    match kind(&field["type"]) {
        "array" => format!("list of {}", plural(&below(&field["items"]))),
        "object" => object(field, below),
        "string" => "text".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "true or false".to_owned(),
        _ => "any".to_owned(),
    }
}

/// The type, leaving aside that null is one too.
fn kind(kind: &Value) -> &str {
    let mut several = kind.as_array().into_iter().flatten().filter_map(Value::as_str);
    kind.as_str().or_else(|| several.find(|kind| *kind != "null")).unwrap_or_default()
}

fn object(field: &Value, below: impl Fn(&Value) -> String) -> String {
    match field["properties"].as_object() {
        Some(fields) => {
            let fields = fields.iter().map(|(name, field)| format!("{name}: {}", below(field)));
            format!("map with {}", fields.collect::<Vec<_>>().join(", "))
        }
        None => format!("map of {}", plural(&below(&field["additionalProperties"]))),
    }
}

/// A value that stands for itself; texts without quotes.
fn constant(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `a, b or c`, leaving out that nothing is a choice, too.
fn alternatives(choices: impl Iterator<Item = String>) -> String {
    let choices: Vec<_> = choices.filter(|choice| choice != "any" && choice != "null").collect();
    match choices.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => choices.concat(),
    }
}

fn plural(takes: &str) -> String {
    match takes {
        "text" | "number" => format!("{takes}s"),
        _ => match takes.strip_prefix("map ") {
            Some(rest) => format!("maps {rest}"),
            None => takes.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_put_into_words() {
        let schema =
            json!({"$defs": {"Level": {"enum": ["a", "b"]}, "Loop": {"$ref": "#/$defs/Loop"}}});
        for (field, words) in [
            (json!({"type": "integer"}), "number"),
            (json!({"type": "array", "items": {"type": "string"}}), "list of texts"),
            (json!({"type": ["string", "null"]}), "text"),
            (json!({"$ref": "#/$defs/Level"}), "a or b"),
            (json!({"anyOf": [{"$ref": "#/$defs/Level"}, {"type": "null"}]}), "a or b"),
            (json!({"$ref": "#/$defs/Loop"}), "any"),
            (
                json!({"type": "object", "additionalProperties": {"type": "number"}}),
                "map of numbers",
            ),
            (
                json!({"type": "array", "items": {"type": "object", "properties": {
                    "key": {"type": "string"}, "once": {"type": "boolean"}}}}),
                "list of maps with key: text, once: true or false",
            ),
        ] {
            assert_eq!(takes(&field, &schema, 0), words, "{field}");
        }
    }
}
