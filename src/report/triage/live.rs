//! What an object holds now, as far as it may be shown: never what could be a secret.

use serde_json::{Map, Value};

use crate::{
    items::clean,
    model::{LAST_APPLIED, credential, is_named_secret},
};

/// What is shown in the place of what may be secret.
const HIDDEN: &str = "(not shown)";
/// The longest value that is shown, in bytes.
const VALUE: usize = 120;

/// What stands at a path of an object, in words.
#[must_use]
pub fn shown_value(object: &Value, pointer: &str) -> String {
    match without_values(object).pointer(pointer) {
        None => "absent".to_owned(),
        Some(Value::Object(fields)) => {
            let names: Vec<_> = fields.keys().map(String::as_str).collect();
            clean(&format!("a map of {}", names.join(", ")), VALUE)
        }
        Some(Value::Array(items)) => format!("a list of {}", items.len()),
        Some(Value::String(text)) if text == HIDDEN => text.clone(),
        Some(value) => clean(&value.to_string(), VALUE),
    }
}

/// The object without what may be secret: the data of Secrets and ConfigMaps, the values of environment
/// variables, and what has the form or the name of a credential.
#[must_use]
pub fn without_values(object: &Value) -> Value {
    let mut object = object.clone();
    let is_data = matches!(object["kind"].as_str(), Some("Secret" | "ConfigMap"));
    if let Some(fields) = object.as_object_mut().filter(|_| is_data) {
        for field in ["data", "stringData", "binaryData"] {
            if let Some(Value::Object(data)) = fields.get_mut(field) {
                data.values_mut().for_each(|value| *value = HIDDEN.into());
            }
        }
    }
    hide(&mut object);
    object
}

fn hide(value: &mut Value) {
    match value {
        Value::String(text) if credential(text).is_some() => *value = HIDDEN.into(),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Object(fields) => {
            hide_variables(fields);
            hide_arguments(fields);
            hide_annotations(fields);
            fields.values_mut().for_each(hide);
        }
        _ => {}
    }
}

fn hide_variables(fields: &mut Map<String, Value>) {
    let variables = fields.get_mut("env").and_then(Value::as_array_mut);
    for variable in variables.into_iter().flatten() {
        if let Some(value @ Value::String(_)) = variable.get_mut("value") {
            *value = HIDDEN.into();
        }
    }
}

/// `--password=x`, and what follows `--password`.
fn hide_arguments(fields: &mut Map<String, Value>) {
    for list in ["command", "args"] {
        let arguments = fields.get_mut(list).and_then(Value::as_array_mut);
        let mut before = String::new();
        for argument in arguments.into_iter().flatten() {
            let Value::String(text) = &*argument else { continue };
            let text = text.clone();
            let (name, value) = text.split_once('=').unwrap_or((&before, &text));
            if is_named_secret(name.trim_start_matches('-'), value) {
                *argument = HIDDEN.into();
            }
            before = text;
        }
    }
}

/// The manifest that was applied last repeats the object.
fn hide_annotations(fields: &mut Map<String, Value>) {
    let Some(Value::Object(annotations)) = fields.get_mut("annotations") else { return };
    annotations.remove(LAST_APPLIED);
    for (name, value) in annotations {
        if value.as_str().is_some_and(|text| is_named_secret(name, text)) {
            *value = HIDDEN.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_and_secrets_are_not() {
        let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
        let pod = json!({
            "kind": "Pod",
            "metadata": {"annotations": {
                LAST_APPLIED: "{\"password\": \"hunter1\"}", "db-password": "hunter0",
            }},
            "spec": {
                "hostPID": true,
                "containers": [{
                    "name": "a\u{202e}b",
                    "env": [{"name": "PASSWORD", "value": "hunter2"}],
                    "args": [token, "--password=hunter2", "--token", "hunter3", "--verbose"],
                }],
            },
        });
        let shown = |pointer| shown_value(&pod, pointer);
        assert_eq!(shown("/spec/hostPID"), "true");
        assert_eq!(shown("/spec/hostIPC"), "absent");
        assert_eq!(shown("/spec/containers"), "a list of 1");
        assert_eq!(shown("/spec/containers/0"), "a map of args, env, name");
        assert_eq!(shown("/spec/containers/0/name"), "\"a b\"");
        assert_eq!(shown("/spec/containers/0/env/0/value"), HIDDEN);
        assert_eq!(shown("/spec/containers/0/args/0"), HIDDEN);
        assert_eq!(shown("/spec/containers/0/args/4"), "\"--verbose\"");
        let whole = without_values(&pod).to_string();
        assert!(!whole.contains("hunter") && !whole.contains("ghp_"), "{whole}");
        for kind in ["Secret", "ConfigMap"] {
            let object = json!({"kind": kind, "data": {"a": "b"}, "stringData": {"a": "b"}});
            assert_eq!(shown_value(&object, "/data/a"), HIDDEN);
            assert_eq!(shown_value(&object, "/stringData/a"), HIDDEN);
        }
    }
}
