//! Holds an object against a schema.

use serde_json::{Map, Value};

use super::{
    Fault, MAX_FAULTS, Wrong,
    near::nearest,
    syntax,
    table::{Fields, Shape, Table},
};

/// The faults of an object with these fields; `null` is absent.
pub(super) fn compare(table: &Table, fields: &Fields, object: &Map<String, Value>) -> Vec<Fault> {
    let mut comparison = Comparison { table, faults: Vec::new(), is_status: false };
    comparison.object(fields, object, &Path::Root);
    comparison.faults
}

struct Comparison<'a> {
    table: &'a Table,
    faults: Vec<Fault>,
    /// The API server writes it, so nothing is missing and each value is its own.
    is_status: bool,
}

/// Where a value stands. A text is made of it for a fault only.
enum Path<'a> {
    Root,
    Field(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Field(parent, name) => {
                format!("{}/{}", parent.pointer(), name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

impl Comparison<'_> {
    fn object(&mut self, fields: &Fields, object: &Map<String, Value>, at: &Path<'_>) {
        for (name, value) in object {
            let here = Path::Field(at, name);
            let Some(field) = fields.find(name) else {
                let known = fields.iter().map(|field| field.name);
                self.add(&here, Wrong::Unknown(nearest(name, known)));
                continue;
            };
            let outside = self.is_status;
            self.is_status |= name == "status" && matches!(field.shape, Shape::Object(_));
            self.value(&field.shape, value, &here);
            self.is_status = outside;
        }
        if self.is_status {
            return;
        }
        for field in fields.iter().filter(|field| field.is_required) {
            if object.get(field.name).is_none_or(Value::is_null) {
                self.add(&Path::Field(at, field.name), Wrong::Missing);
            }
        }
    }

    fn value(&mut self, shape: &Shape, value: &Value, at: &Path<'_>) {
        match (shape, value) {
            (_, Value::Null) | (Shape::Any, _) => {}
            (Shape::Object(position), Value::Object(object)) => {
                self.object(self.table.fields(*position), object, at);
            }
            (Shape::List(shape), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.value(shape, value, &Path::Item(at, index));
                }
            }
            (Shape::Map(shape), Value::Object(values)) => {
                for (name, value) in values {
                    self.value(shape, value, &Path::Field(at, name));
                }
            }
            (Shape::OneOf(values), Value::String(text)) => {
                let is_known = text.is_empty() || values.split('|').any(|value| value == text);
                if !is_known && !self.is_status {
                    self.add(at, Wrong::NotOneOf(values));
                }
            }
            _ if is_of(shape, value) => {}
            _ => self.add(at, Wrong::Type { found: found(value), wanted: wanted(shape) }),
        }
    }

    fn add(&mut self, at: &Path<'_>, wrong: Wrong) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { path: at.pointer().into(), wrong });
        }
    }
}

/// Whether a value is what a shape without anything below it says.
fn is_of(shape: &Shape, value: &Value) -> bool {
    match (shape, value) {
        (Shape::Bool, Value::Bool(_))
        | (Shape::Text | Shape::IntOrString, Value::String(_))
        | (Shape::Number | Shape::Quantity, Value::Number(_)) => true,
        (Shape::Int32 | Shape::IntOrString, Value::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Shape::Int64, Value::Number(number)) => number.as_i64().is_some(),
        (Shape::Bytes, Value::String(text)) => syntax::is_base64(text),
        (Shape::Quantity, Value::String(text)) => syntax::is_quantity(text),
        (Shape::Time, Value::String(text)) => syntax::is_time(text),
        (Shape::MicroTime, Value::String(text)) => syntax::is_micro_time(text),
        _ => false,
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.as_i64().is_some() => "a whole number",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "anything",
        Shape::Bool => "true or false",
        Shape::Bytes => "base64",
        Shape::Int32 => "a whole number of 32 bits",
        Shape::Int64 => "a whole number",
        Shape::IntOrString => "a whole number of 32 bits or a text",
        Shape::MicroTime => "a time such as 2026-01-31T12:00:00.000000Z",
        Shape::Number => "a number",
        Shape::Quantity => "a quantity such as 500m or 2Gi",
        Shape::Text | Shape::OneOf(_) => "a text",
        Shape::Time => "a time such as 2026-01-31T12:00:00Z",
        Shape::List(_) => "a list",
        Shape::Map(_) | Shape::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::faults;
    use super::*;

    fn told(api_version: &str, kind: &str, object: &Value) -> Vec<String> {
        let found = faults(api_version, kind, object.as_object().unwrap()).unwrap();
        found.iter().map(Fault::to_string).collect()
    }

    #[test]
    fn null_is_absent_everywhere_but_as_the_value_of_an_unknown_field() {
        let pod = json!({
            "metadata": { "labels": { "app": null }, "managedFields": [null], "name": null },
            "spec": { "containers": [{ "name": null }, null], "hostPID": null, "hostPid": null },
            "status": null,
        });
        assert_eq!(
            told("v1", "Pod", &pod),
            [
                "field `spec.containers[0].name` is missing",
                "unknown field `spec.hostPid`, did you mean `hostPID`",
            ]
        );
    }

    #[test]
    fn no_more_faults_are_told_than_the_api_server_tells() {
        let fields: Map<String, Value> =
            (0..200).map(|n| (format!("field{n}"), n.into())).collect();
        assert_eq!(told("v1", "ConfigMap", &fields.into()).len(), MAX_FAULTS);
    }

    #[test]
    fn pointers_escape_what_names_hold() {
        let claim = json!({ "data": { "a/b~c": 1 } });
        let found = faults("v1", "ConfigMap", claim.as_object().unwrap()).unwrap();
        assert_eq!(&*found[0].path, "/data/a~1b~0c");
        assert_eq!(found[0].to_string(), "field `data.a/b~c` is a whole number, not a text");
    }
}
