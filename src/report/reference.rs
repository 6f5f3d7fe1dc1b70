//! The reference of the custom resources as Markdown: a table of fields for each object in them.

use serde_json::Value;

use crate::api;

use super::pages::table;

const INTRODUCTION: &str = "\
<!-- Written by `holystone crds --markdown`; edit the types in src/api. -->
# Reference

Every field of both resources, as the API server checks them. [Policies](policies.md) and [items](items.md) tell what they
are for; `kubectl explain auditpolicy.spec.checks` shows the same at the terminal. A field without a default is absent
unless it is set. Texts are limited in characters. A duration is written in hours, minutes and seconds: `72h`, `1h30m`.
";

/// The parts of a resource.
const PARTS: [&str; 2] = ["spec", "status"];

/// The page about all fields of all resources.
pub fn reference() -> serde_json::Result<String> {
    let mut text = INTRODUCTION.to_owned();
    // What people write comes first.
    for definition in api::crds().iter().rev() {
        text += &Reference::of(&serde_json::to_value(definition)?).text;
    }
    Ok(text)
}

/// The part about one resource, as it grows.
struct Reference {
    kind: String,
    text: String,
    /// Objects without what is said about them in place, and the heading of their table: the same
    /// one is told once.
    headings: Vec<(Value, String)>,
}

impl Reference {
    fn of(definition: &Value) -> Self {
        let spec = &definition["spec"];
        let version = &spec["versions"][0];
        let root = &version["schema"]["openAPIV3Schema"];
        let [kind, short, group, scope, name] = [
            &spec["names"]["kind"],
            &spec["names"]["shortNames"][0],
            &spec["group"],
            &spec["scope"],
            &version["name"],
        ]
        .map(word);
        let scope = if scope == "Cluster" { "cluster-scoped" } else { "namespaced" };
        let description = description(root);
        let mut text = format!(
            "\n## {kind}\n\n{description} `{group}/{name}`, {scope}, short name `{short}`.\n"
        );
        let selectable = version["selectableFields"].as_array().into_iter().flatten();
        let selectable: Vec<_> = selectable
            .map(|field| format!("`{}`", word(&field["jsonPath"]).trim_start_matches('.')))
            .collect();
        if !selectable.is_empty() {
            text.extend(["`--field-selector` takes ", &selectable.join(", "), ".\n"]);
        }
        let mut reference = Self { kind: kind.to_owned(), text, headings: Vec::new() };
        for part in PARTS {
            reference.collect(part, &root["properties"][part]);
        }
        if let Some(name) = root.pointer("/properties/metadata/properties/name") {
            let row = reference.row("metadata.name", name, true);
            reference.text.extend(["\n", &rows([row])]);
        }
        for part in PARTS {
            reference.object(part, &root["properties"][part]);
        }
        reference
    }

    /// Gives each object its heading.
    fn collect(&mut self, path: &str, schema: &Value) {
        if self.heading_of(schema).is_none() {
            self.headings.push((shape(schema), format!("{} {path}", self.kind)));
            for (place, inner) in objects(path, schema) {
                self.collect(&place, inner);
            }
        }
    }

    /// A heading, the table of the fields, and the same for the objects in it.
    fn object(&mut self, path: &str, schema: &Value) {
        let heading = format!("{} {path}", self.kind);
        if self.heading_of(schema) != Some(&heading) {
            return;
        }
        let (description, rules) = (description(schema), rules(schema));
        let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
        let table = rows(fields(schema).map(|(name, field)| {
            let is_required = required.iter().any(|known| known.as_str() == Some(name));
            self.row(name, field, is_required)
        }));
        let head = format!("\n### {heading}\n\n{description}{rules}\n\n");
        self.text.extend([head, table]);
        for (place, inner) in objects(path, schema) {
            self.object(&place, inner);
        }
    }

    fn heading_of(&self, schema: &Value) -> Option<&String> {
        let shape = shape(schema);
        self.headings.iter().find(|(known, _)| *known == shape).map(|(_, heading)| heading)
    }

    fn row(&self, name: &str, field: &Value, is_required: bool) -> [String; 4] {
        let inside = inner(field);
        let told = [description(field), limits_in(field, inside).join("; ")];
        let told = match told {
            [text, limits] if limits.is_empty() => text,
            [text, limits] => format!("{text} *{limits}*"),
        };
        [format!("`{name}`"), self.type_of(field, inside), default(field, is_required), told]
    }

    fn type_of(&self, field: &Value, inside: &Value) -> String {
        let name = match (word(&inside["type"]), word(&inside["format"])) {
            (_, "date-time") => "time",
            ("string", _) => "text",
            (name, _) => name,
        };
        let name = match self.heading_of(inside) {
            Some(heading) => format!("[{name}](#{})", anchor(heading)),
            None => name.to_owned(),
        };
        match word(&field["type"]) {
            "array" => format!("list of {name}"),
            _ if field["additionalProperties"].is_object() => format!("map of {name}"),
            _ => name,
        }
    }
}

fn rows(rows: impl IntoIterator<Item = [String; 4]>) -> String {
    table(["Field", "Type", "Default", "Meaning, *limits*"], rows)
}

fn default(field: &Value, is_required: bool) -> String {
    match &field["default"] {
        Value::Null if is_required => "required".to_owned(),
        Value::Null => String::new(),
        // What it holds has defaults of its own.
        Value::Object(fields) if fields.is_empty() => String::new(),
        default => format!("`{default}`"),
    }
}

/// The limits of a field, and of each thing in it unless that has a table.
fn limits_in(field: &Value, inside: &Value) -> Vec<String> {
    let mut told = limits(field);
    if !std::ptr::eq(inside, field) && fields(inside).next().is_none() {
        let each = limits(inside).join(", ");
        told.extend((!each.is_empty()).then(|| format!("each {each}")));
    }
    told
}

/// What a list or a map holds; else the field itself.
fn inner(field: &Value) -> &Value {
    let values = field.get("additionalProperties").filter(|values| values.is_object());
    field.get("items").or(values).unwrap_or(field)
}

/// The objects in an object that have fields, with their paths.
fn objects<'a>(path: &str, schema: &'a Value) -> Vec<(String, &'a Value)> {
    let place = |(name, field): (&String, &'a Value)| {
        let list = if field.get("items").is_some() { "[]" } else { "" };
        (format!("{path}.{name}{list}"), inner(field))
    };
    fields(schema).map(place).filter(|(_, inner)| fields(inner).next().is_some()).collect()
}

fn fields(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

/// A schema without what is said about it in place.
fn shape(schema: &Value) -> Value {
    let mut shape = schema.clone();
    if let Some(fields) = shape.as_object_mut() {
        fields.remove("description");
        fields.remove("default");
    }
    shape
}

/// What the API server takes there and what it does not.
fn limits(schema: &Value) -> Vec<String> {
    let mut limits = Vec::new();
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values.iter().map(|value| format!("`{}`", word(value))).collect();
        limits.push(format!("one of {}", values.join(", ")));
    }
    let bounds = [
        ("minLength", "maxLength", "characters"),
        ("minItems", "maxItems", "entries"),
        ("minProperties", "maxProperties", "entries"),
        ("minimum", "maximum", ""),
    ];
    for (least, most, unit) in bounds {
        let limit = match (schema[least].as_f64(), schema[most].as_f64()) {
            (Some(least), Some(most)) => format!("{least} to {most} {unit}"),
            (Some(least), None) => format!("at least {least} {unit}"),
            (None, Some(most)) => format!("at most {most} {unit}"),
            (None, None) => continue,
        };
        limits.push(limit.trim_end().to_owned());
    }
    let rules: Vec<_> = messages(schema).collect();
    match schema["pattern"].as_str() {
        Some(pattern) if rules.is_empty() => limits.push(format!("`{pattern}`")),
        _ => limits.extend(rules.into_iter().map(str::to_owned)),
    }
    limits
}

/// The rules about an object as a whole, as a sentence.
fn rules(schema: &Value) -> String {
    let messages: Vec<_> = messages(schema).collect();
    if messages.is_empty() { String::new() } else { format!(" *{}.*", messages.join("; ")) }
}

fn messages(schema: &Value) -> impl Iterator<Item = &str> {
    let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
    rules.map(|rule| word(&rule["message"]))
}

fn description(schema: &Value) -> String {
    word(&schema["description"]).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Where a heading is found on a page.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || " -".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, env, fs, path::Path};

    use super::*;

    /// With `BLESS=1` in the environment it writes the file.
    #[test]
    fn the_committed_reference_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
        let text = reference().unwrap();
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == text,
            "old: set BLESS=1 for docs/reference.md"
        );
    }

    #[test]
    fn every_field_has_a_row() {
        let text = reference().unwrap();
        for definition in api::crds() {
            let definition = serde_json::to_value(definition).unwrap();
            let root =
                &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"];
            let mut open = vec![&root["spec"], &root["status"]];
            while let Some(schema) = open.pop() {
                for (name, field) in fields(schema) {
                    let described = description(field).replace('|', "\\|");
                    let row = format!("| `{name}` |");
                    let is_told = |line: &str| line.starts_with(&row) && line.contains(&described);
                    assert!(text.lines().any(is_told), "{name}: {described}");
                    open.push(inner(field));
                }
            }
        }
    }

    #[test]
    fn every_link_leads_to_a_heading() {
        let text = reference().unwrap();
        let headings = text.lines().filter_map(|line| line.strip_prefix("### "));
        let anchors: Vec<_> = headings.map(anchor).collect();
        let distinct: BTreeSet<_> = anchors.iter().map(String::as_str).collect();
        assert_eq!(anchors.len(), distinct.len(), "two headings share a link");
        let links = text.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
        let broken: Vec<_> = links.filter(|link| !distinct.contains(link)).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }
}
