//! The OpenAPI document that the server publishes of itself, and random objects by it.

use std::collections::BTreeMap;

use http::Request;
use kube::Client;
use serde_json::{Map, Value, json};

use crate::random::Random;

/// Where objects of a kind are made.
#[derive(Debug)]
pub struct Endpoint {
    pub path: String,
    pub api_version: String,
    pub kind: String,
    /// The name of the type.
    type_name: String,
}

pub struct Document {
    pub endpoints: Vec<Endpoint>,
    types: BTreeMap<String, Value>,
    /// The name of every field of every type.
    pub names: Vec<String>,
}

/// Values of the types that the document does not describe.
const SPECIAL: &[(&str, &[&str])] = &[
    ("resource.Quantity", &[r#""1Gi""#, r#""500m""#, "2", "0.5", r#""1e3""#, r#""-.5""#]),
    ("intstr.IntOrString", &["80", r#""http""#, r#""25%""#]),
    ("v1.MicroTime", &[r#""2026-01-31T12:00:00.000000Z""#]),
    ("v1.Time", &[r#""2026-01-31T12:00:00Z""#, r#""2026-01-31T12:00:00.5+02:00""#, "null"]),
    ("v1.FieldsV1", &[r#"{"f:spec": {"any": [1]}}"#]),
    ("runtime.RawExtension", &[r#"{"any": {"thing": [1, "a"]}}"#]),
    ("v1.JSON", &[r#"{"any": 1}"#, "5", r#"["a"]"#]),
    ("v1.JSONSchemaPropsOrArray", &[r#"{"type": "string", "unheardOf": 1}"#]),
    ("v1.JSONSchemaPropsOrBool", &["true", r#"{"type": "string", "unheardOf": 1}"#]),
    ("v1.JSONSchemaPropsOrStringArray", &[r#"["a", "b"]"#]),
];

/// An object, and the pointers below of which nothing is looked into.
#[derive(Default)]
pub struct Made {
    pub object: Value,
    pub opaque: Vec<String>,
}

impl Document {
    /// Reads the documents of all groups.
    pub async fn read(client: &Client) -> Self {
        let index = fetch(client, "/openapi/v3").await;
        let mut document =
            Self { endpoints: Vec::new(), types: BTreeMap::new(), names: Vec::new() };
        for (name, group) in index["paths"].as_object().expect("it lists the groups") {
            if name.starts_with("api/") || name.starts_with("apis/") {
                let url = group["serverRelativeURL"].as_str().expect("it has an address");
                document.add(fetch(client, url).await);
            }
        }
        let types = document.types.values().filter_map(|schema| schema["properties"].as_object());
        document.names = types.flat_map(Map::keys).cloned().collect();
        document
    }

    fn add(&mut self, mut group: Value) {
        for (path, operations) in group["paths"].as_object().into_iter().flatten() {
            let post = &operations["post"];
            if post["x-kubernetes-action"] != "post" || path.contains("{name}") {
                continue;
            }
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let is = &post["x-kubernetes-group-version-kind"];
            let (group, version) = (text(&is["group"]), text(&is["version"]));
            let body = &post["requestBody"]["content"]["*/*"]["schema"];
            self.endpoints.push(Endpoint {
                path: path.replace("{namespace}", "default"),
                api_version: format!("{group}/{version}").trim_start_matches('/').to_owned(),
                kind: text(&is["kind"]),
                type_name: reference(body).expect("it is a type").to_owned(),
            });
        }
        if let Value::Object(types) = group["components"]["schemas"].take() {
            self.types.extend(types);
        }
    }

    /// Where an object is made.
    pub fn endpoint(&self, object: &Value) -> &Endpoint {
        let is = |endpoint: &&Endpoint| {
            object["apiVersion"] == *endpoint.api_version && object["kind"] == *endpoint.kind
        };
        self.endpoints.iter().find(is).expect("the server knows the kind")
    }

    /// A random object, with a name of its own.
    pub fn object(&self, endpoint: &Endpoint, random: &mut Random) -> Made {
        let mut made = Made::default();
        let mut object =
            self.fields(&self.types[&endpoint.type_name], "", random, &mut made.opaque);
        object["apiVersion"] = endpoint.api_version.clone().into();
        object["kind"] = endpoint.kind.clone().into();
        if self.types[&endpoint.type_name]["properties"].get("metadata").is_some() {
            if !object["metadata"].is_object() {
                object["metadata"] = json!({});
            }
            object["metadata"]["name"] = "oracle".into();
        }
        Made { object, ..made }
    }

    fn fields(
        &self,
        schema: &Value,
        at: &str,
        random: &mut Random,
        opaque: &mut Vec<String>,
    ) -> Value {
        let depth = at.matches('/').count();
        let mut fields = Map::new();
        for (name, below) in schema["properties"].as_object().into_iter().flatten() {
            if depth < 14 && random.one_in(1 + depth / 2) {
                let value = self.value(below, &format!("{at}/{name}"), random, opaque);
                fields.insert(name.clone(), value);
            }
        }
        Value::Object(fields)
    }

    fn value(
        &self,
        schema: &Value,
        at: &str,
        random: &mut Random,
        opaque: &mut Vec<String>,
    ) -> Value {
        if let Some(name) = reference(schema) {
            let special = SPECIAL.iter().find(|(end, _)| name.ends_with(&format!(".{end}")));
            return match special {
                Some((_, values)) => {
                    // What a schema or something else may be is not looked at itself, either.
                    let end = if name.contains("JSONSchemaPropsOr") { "" } else { "/" };
                    opaque.push(format!("{at}{end}"));
                    serde_json::from_str(random.choose(values)).expect("it is JSON")
                }
                None => self.fields(&self.types[name], at, random, opaque),
            };
        }
        match schema["type"].as_str() {
            Some("array") => {
                let item = |index: usize, random: &mut Random, opaque: &mut Vec<String>| {
                    self.value(&schema["items"], &format!("{at}/{index}"), random, opaque)
                };
                (0..random.below(3)).map(|index| item(index, random, opaque)).collect()
            }
            Some("object") if schema["additionalProperties"].is_object() => {
                let below = &schema["additionalProperties"];
                let value = self.value(below, &format!("{at}/some.key"), random, opaque);
                json!({ "some.key": value })
            }
            Some("object") => json!({}),
            Some("boolean") => random.one_in(2).into(),
            Some("integer" | "number") => random.below(4).into(),
            _ => scalar(schema, random),
        }
    }
}

fn scalar(schema: &Value, random: &mut Random) -> Value {
    let values: &[&str] = match schema["format"].as_str() {
        Some("byte") => &["cGxlYXNl", "YQ==", ""],
        _ => &["text", "", "5", "true"],
    };
    random.choose(values).into()
}

/// The type that a schema refers to.
fn reference(schema: &Value) -> Option<&str> {
    let direct = schema.get("$ref").or_else(|| schema["allOf"].get(0)?.get("$ref"))?;
    direct.as_str()?.strip_prefix("#/components/schemas/")
}

async fn fetch(client: &Client, path: &str) -> Value {
    let request = Request::get(path).body(Vec::new()).expect("it is a request");
    client.request(request).await.expect("the server publishes it")
}
