//! Objects with mistakes in them.

use std::fmt::Write;

use serde_json::Value;

use super::document::{Document, Endpoint, Made};
use crate::{fields, random::Random};

/// What a field may be by mistake.
const WRONG: &[&str] = &[
    "true",
    "7",
    "-1",
    "7.5",
    "3000000000",
    "9223372036854775807",
    "1e30",
    r#""text""#,
    r#""""#,
    r#""7""#,
    r#""2026-01-31T12:00:00Z""#,
    r#""2026-01-31""#,
    r#"["text"]"#,
    "[{}]",
    "{}",
    r#"{"some": "thing"}"#,
    "null",
];

/// A random object with some mistakes, or with none, as JSON.
pub fn spoilt(document: &Document, endpoint: &Endpoint, random: &mut Random) -> String {
    let Made { mut object, opaque } = document.object(endpoint, random);
    let mut places = fields::places(&object);
    places.retain(|place| {
        let is_head = ["/apiVersion", "/kind", "/metadata", "/metadata/name"].contains(&&**place);
        !is_head && !opaque.iter().any(|opaque| place.starts_with(opaque.as_str()))
    });
    let mut repeated = Vec::new();
    let mistakes = if places.is_empty() { 0 } else { random.below(4) };
    if mistakes == 1 {
        let wrong = serde_json::from_str(random.choose(WRONG)).expect("it is JSON");
        *object.pointer_mut(any(&places, random)).expect("it is there") = wrong;
    }
    for _ in 1..mistakes {
        let place = any(&places, random);
        match random.below(3) {
            0 => repeated.push(place.clone()),
            1 => misspell(&mut object, place, random),
            _ => misplace(&mut object, place, document, random),
        }
    }
    let mut text = String::new();
    write(&object, "", &repeated, &mut text);
    text
}

fn any<'a>(texts: &'a [String], random: &mut Random) -> &'a String {
    &texts[random.below(texts.len())]
}

/// An object with each of its fields left out, and with each text replaced by one that nobody knows.
pub fn each_spoilt(object: &Value) -> Vec<Value> {
    let mut places = fields::places(object);
    places.retain(|place| place != "/apiVersion" && !place.starts_with("/metadata/name"));
    let mut spoilt = Vec::new();
    for place in &places {
        let mut without = object.clone();
        fields::remove(&mut without, place);
        spoilt.push(without);
        let mut other = object.clone();
        let value = other.pointer_mut(place).expect("it is there");
        let value = match value {
            Value::Array(values) if !values.is_empty() => &mut values[0],
            value => value,
        };
        if value.is_string() {
            *value = "Unheard-Of".into();
            spoilt.push(other);
        }
    }
    spoilt.retain(|object| object["kind"].is_string() && object["kind"] != "Unheard-Of");
    spoilt
}

/// Writes the name of a field in another way.
fn misspell(object: &mut Value, place: &str, random: &mut Random) {
    let (parent, name) = place.rsplit_once('/').expect("it is a pointer");
    let Some(fields) = object.pointer_mut(parent).and_then(Value::as_object_mut) else { return };
    let Some(value) = fields.remove(name) else { return };
    let name = match random.below(4) {
        0 => name.to_uppercase(),
        1 => name[1..].to_owned(),
        2 => format!("{name}s"),
        _ => name.to_lowercase(),
    };
    fields.insert(name, value);
}

/// Adds a field of another type beside a field.
fn misplace(object: &mut Value, place: &str, document: &Document, random: &mut Random) {
    let (parent, _) = place.rsplit_once('/').expect("it is a pointer");
    let Some(fields) = object.pointer_mut(parent).and_then(Value::as_object_mut) else { return };
    fields.entry(any(&document.names, random).clone()).or_insert(Value::Null);
}

/// JSON in which some fields stand twice.
fn write(value: &Value, at: &str, repeated: &[String], text: &mut String) {
    match value {
        Value::Object(fields) => {
            text.push('{');
            for (index, (name, value)) in fields.iter().enumerate() {
                let place = format!("{at}/{name}");
                let times = 1 + repeated.iter().filter(|repeated| **repeated == place).count();
                for time in 0..times {
                    let comma = if index + time > 0 { ", " } else { "" };
                    write!(text, "{comma}{}: ", Value::from(name.as_str())).expect("a text grows");
                    write(value, &place, repeated, text);
                }
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                write(value, &format!("{at}/{index}"), repeated, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
