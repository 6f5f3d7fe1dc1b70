//! Values, globs and selectors as CEL writes them.

use serde_json::Value;

use crate::{
    api::{LabelSelector, SelectorOperator},
    engine::Pattern,
};

/// A text, as a literal.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::from("'");
    for character in text.chars() {
        match character {
            '\\' | '\'' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            other if other.is_control() => {
                literal.extend(format!("\\u{:04x}", u32::from(other)).chars());
            }
            other => literal.push(other),
        }
    }
    literal.push('\'');
    literal
}

/// Any value, as a literal. What does not go together in a list or a map is of no known type, and
/// then it does.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let is_mixed = is_mixed(items.iter());
            let items: Vec<_> = items.iter().map(|item| within(item, is_mixed)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let is_mixed = is_mixed(fields.values());
            let fields = fields.iter();
            let fields: Vec<_> = fields
                .map(|(key, value)| format!("{}: {}", quoted(key), within(value, is_mixed)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

fn within(value: &Value, is_mixed: bool) -> String {
    if is_mixed { format!("dyn({})", literal(value)) } else { literal(value) }
}

/// Whether values are of several types. What holds others may always be.
fn is_mixed<'a>(values: impl Iterator<Item = &'a Value>) -> bool {
    let kind = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(number) if number.is_f64() => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(_) | Value::Object(_) => 5,
    };
    let mut kinds: Vec<_> = values.map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.len() > 1 || kinds == [5]
}

/// A list of texts, as a literal.
pub(super) fn list(texts: &[impl AsRef<str>]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| quoted(text.as_ref())).collect();
    format!("[{}]", texts.join(", "))
}

/// Whether a text of a policy stands for itself only.
pub(super) fn is_plain(glob: &str) -> bool {
    glob.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/@".contains(c))
}

/// True for a name that one of several globs matches; `name` is an expression.
pub(super) fn matches_any(name: &str, globs: &[String]) -> String {
    let (plain, others): (Vec<&String>, Vec<&String>) =
        globs.iter().partition(|glob| is_plain(glob));
    let plain = (!plain.is_empty()).then(|| format!("{name} in {}", list(&plain)));
    let others = others.into_iter().filter_map(|glob| {
        let pattern = Pattern::compile(glob).ok()?.expression();
        Some(format!("{name}.matches({})", quoted(&pattern)))
    });
    plain.into_iter().chain(others).collect::<Vec<_>>().join(" || ")
}

/// True for an object, `of`, that a selector selects by its labels; `None` for a selector of everything.
pub(super) fn selects(selector: &LabelSelector, of: &str) -> Option<String> {
    let label = |key: &str| format!("{of}.metadata.?labels[?{}]", quoted(key));
    let exact = selector.match_labels.iter().map(|(key, value)| {
        format!("{}.optMap(value, value == {}).orValue(false)", label(key), quoted(value))
    });
    let others = selector.match_expressions.iter().map(|entry| {
        let (label, values) = (label(&entry.key), list(&entry.values));
        match entry.operator {
            SelectorOperator::In => {
                format!("{label}.optMap(value, value in {values}).orValue(false)")
            }
            SelectorOperator::NotIn => {
                format!("{label}.optMap(value, !(value in {values})).orValue(true)")
            }
            SelectorOperator::Exists => format!("{label}.hasValue()"),
            SelectorOperator::DoesNotExist => format!("!{label}.hasValue()"),
        }
    });
    let all: Vec<_> = exact.chain(others).collect();
    (!all.is_empty()).then(|| all.join(" && "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_literals_that_cel_takes() {
        let value = json!({"a": [1, "it's", null], "b": {"c": 1.5}, "d": [1, 2], "e": "x\ny\\"});
        let expected = r"{'a': dyn([dyn(1), dyn('it\'s'), dyn(null)]), 'b': dyn({'c': 1.5}), 'd': dyn([1, 2]), 'e': dyn('x\ny\\')}";
        assert_eq!(literal(&value), expected);
        assert!(crate::cel::Environment::admission().compile(expected).is_ok());
    }

    #[test]
    fn globs_are_regular_expressions() {
        let globs = ["a".to_owned(), "team-*".to_owned(), "b".to_owned()];
        let expected = r"n in ['a', 'b'] || n.matches('^team\\-.*$')";
        assert_eq!(matches_any("n", &globs), expected);
    }
}
