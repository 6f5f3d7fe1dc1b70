//! Rendered objects.

use std::collections::BTreeMap;

use serde_json::Value;

/// Objects by kind, namespace and name.
#[derive(Clone, Debug, PartialEq)]
pub struct Objects(pub BTreeMap<String, Value>);

impl Objects {
    /// Reads documents of YAML; each object stands there once.
    pub fn read(text: &str) -> Self {
        let mut objects = BTreeMap::new();
        for document in text.split("\n---") {
            let mut object: Value = serde_saphyr::from_str(document)
                .unwrap_or_else(|error| panic!("{error}:\n{document}"));
            if !object.is_null() {
                whole_numbers(&mut object);
                let earlier = objects.insert(key(&object), object);
                assert_eq!(earlier, None, "it stands there twice");
            }
        }
        Self(objects)
    }

    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.0.values().filter(move |object| object["kind"] == kind)
    }

    pub fn one(&self, kind: &str) -> &Value {
        let mut all = self.of_kind(kind);
        let one = all.next().unwrap_or_else(|| panic!("there is a {kind}"));
        assert_eq!(all.next(), None, "there is one {kind}");
        one
    }

    /// The pod templates of all workloads.
    pub fn pod_templates(&self) -> impl Iterator<Item = &Value> {
        let workloads = self.of_kind("Deployment").chain(self.of_kind("Job"));
        workloads.map(|workload| &workload["spec"]["template"])
    }
}

pub fn key(object: &Value) -> String {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    format!("{} {}/{}", text("/kind"), text("/metadata/namespace"), text("/metadata/name"))
}

/// `0.0` and `0` are the same number.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        Value::Array(values) => values.iter_mut().for_each(whole_numbers),
        Value::Number(number) => {
            let whole = number.as_f64().filter(|it| number.is_f64() && it.fract() == 0.0);
            whole.into_iter().for_each(|it| *value = Value::from(it as i64));
        }
        _ => {}
    }
}
