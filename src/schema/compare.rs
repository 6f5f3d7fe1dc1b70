//! Holds an object against a schema.

use super::{
    Document, Fault, Form, MAX_FAULTS, Wrong,
    near::nearest,
    syntax,
    table::{Fields, Shape, Table},
};

/// The faults of an object with these fields; `null` is absent.
pub(super) fn compare(table: &Table, fields: &Fields, object: &impl Document) -> Vec<Fault> {
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
    fn object(&mut self, fields: &Fields, object: &impl Document, at: &Path<'_>) {
        let mut required = 0;
        for (name, value) in object.fields() {
            let here = Path::Field(at, name);
            let Some(field) = fields.find(name) else {
                let known = fields.iter().map(|field| field.name);
                self.add(&here, Wrong::Unknown(nearest(name, known)));
                continue;
            };
            required += usize::from(field.is_required && value.form() != Form::Null);
            let outside = self.is_status;
            self.is_status |= name == "status" && matches!(field.shape, Shape::Object(_));
            self.value(&field.shape, value, &here);
            self.is_status = outside;
        }
        if !self.is_status && required < fields.required() {
            self.miss(fields, object, at);
        }
    }

    /// Tells what has to be there, and is not.
    fn miss(&mut self, fields: &Fields, object: &impl Document, at: &Path<'_>) {
        for field in fields.iter().filter(|field| field.is_required) {
            let mut here = object.fields().filter(|(_, value)| value.form() != Form::Null);
            if !here.any(|(name, _)| name == field.name) {
                self.add(&Path::Field(at, field.name), Wrong::Missing);
            }
        }
    }

    fn value<D: Document>(&mut self, shape: &Shape, value: &D, at: &Path<'_>) {
        match (shape, value.form()) {
            (_, Form::Null) | (Shape::Any, _) => {}
            (Shape::Object(position), Form::Map) => {
                self.object(self.table.fields(*position), value, at);
            }
            (Shape::List(shape), Form::List) => {
                for (index, value) in value.items().enumerate() {
                    self.value(shape, value, &Path::Item(at, index));
                }
            }
            (Shape::Map(shape), Form::Map) => {
                for (name, value) in value.fields() {
                    self.value(shape, value, &Path::Field(at, name));
                }
            }
            (Shape::OneOf(values), Form::Text(text)) => {
                let is_known = text.is_empty() || values.split('|').any(|value| value == text);
                if !is_known && !self.is_status {
                    self.add(at, Wrong::NotOneOf(values));
                }
            }
            (_, form) if is_of(shape, form) => {}
            (_, form) => self.add(at, Wrong::Type { found: found(form), wanted: wanted(shape) }),
        }
    }

    fn add(&mut self, at: &Path<'_>, wrong: Wrong) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { path: at.pointer().into(), wrong });
        }
    }
}

/// Whether a value is what a shape without anything below it says.
fn is_of(shape: &Shape, form: Form<'_>) -> bool {
    match (shape, form) {
        (Shape::Bool, Form::Bool)
        | (Shape::Text | Shape::IntOrString, Form::Text(_))
        | (Shape::Number | Shape::Quantity, Form::Number(_)) => true,
        (Shape::Int32 | Shape::IntOrString, Form::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Shape::Int64, Form::Number(number)) => number.as_i64().is_some(),
        (Shape::Bytes, Form::Text(text)) => syntax::is_base64(text),
        (Shape::Quantity, Form::Text(text)) => syntax::is_quantity(text),
        (Shape::Time, Form::Text(text)) => syntax::is_time(text),
        (Shape::MicroTime, Form::Text(text)) => syntax::is_micro_time(text),
        _ => false,
    }
}

fn found(form: Form<'_>) -> &'static str {
    match form {
        Form::Null => "null",
        Form::Bool => "a boolean",
        Form::Number(number) if number.as_i64().is_some() => "a whole number",
        Form::Number(_) => "a number",
        Form::Text(_) => "a text",
        Form::List => "a list",
        Form::Map => "a map",
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
    use serde_json::{Map, Value, json};

    use super::super::faults;
    use super::*;

    fn told(api_version: &str, kind: &str, object: &Value) -> Vec<String> {
        let found = faults(api_version, kind, object).unwrap();
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
        let found = faults("v1", "ConfigMap", &claim).unwrap();
        assert_eq!(&*found[0].path, "/data/a~1b~0c");
        assert_eq!(found[0].to_string(), "field `data.a/b~c` is a whole number, not a text");
    }
}
