//! What is sent: objects that say much, little, or nothing.

use holystone::{model::Kind, schema};
use serde_json::{Value, json};

use super::texts;
use crate::{fields, random::Random};

/// Images with and without a tag, and some that no runtime takes.
const IMAGES: &[&str] = &[
    "app",
    "app:1",
    "app:latest",
    "registry:5000/app",
    "registry.example.com/team/app:1.2",
    "app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "app:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "app:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "App",
    "app:",
    "app@sha256:01",
    "$(IMAGE)",
];

/// Some are not canonical.
const QUANTITIES: &[&str] = &[
    "1",
    r#""1""#,
    "0.5",
    r#""0.1""#,
    r#""1000m""#,
    r#""1Gi""#,
    r#""1024Mi""#,
    r#""1.5Gi""#,
    r#""1e3""#,
    r#""1E3""#,
    r#""+2""#,
    r#""100u""#,
    r#""0""#,
    r#""1500M""#,
    r#""1.0005""#,
];

/// Fields that hold quantities by name.
const RESOURCES: &[&str] =
    &["requests", "limits", "hard", "default", "defaultRequest", "min", "max", "capacity"];

/// Fields that the server asks for beyond its schema; they are only seldom taken away.
const NEEDED: &[&str] = &[
    "name",
    "key",
    "path",
    "image",
    "containers",
    "command",
    "template",
    "selector",
    "matchLabels",
    "app",
    "volumes",
    "accessModes",
    "storage",
    "capacity",
    "restartPolicy",
    "spec",
];

/// An object, and where it is made.
pub struct Case {
    pub kind: Kind,
    pub path: String,
    pub object: Value,
}

/// Objects with all that they can say.
pub struct Starts {
    pods: Vec<Value>,
    objects: Vec<Value>,
}

impl Starts {
    pub fn read() -> Self {
        Self {
            pods: texts::documents(include_str!("pods.yaml")),
            objects: texts::documents(include_str!("objects.yaml")),
        }
    }

    /// `count` objects from each.
    pub fn cases(&self, count: usize, random: &mut Random) -> Vec<Case> {
        let objects = self.objects.iter().flat_map(|object| (0..count).map(move |_| object));
        objects.map(|object| self.case(object.clone(), random)).collect()
    }

    fn case(&self, mut object: Value, random: &mut Random) -> Case {
        let text = |field: &str| object[field].as_str().expect("it is a text").to_owned();
        let (api_version, name) = (text("apiVersion"), text("kind"));
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let kind = Kind::find(group, &name).expect("it is known");
        let root = if group.is_empty() { "/api" } else { "/apis" };
        let namespace = if kind.is_namespaced() { "/namespaces/default" } else { "" };
        let path = format!("{root}/{api_version}{namespace}/{}", kind.plural());
        self.put_pod(kind, &mut object, random);
        thin(&mut object, random);
        if kind.is_namespaced() {
            object["metadata"]["namespace"] = "default".into();
        }
        Case { kind, path, object }
    }

    /// Gives a template to what makes pods.
    fn put_pod(&self, kind: Kind, object: &mut Value, random: &mut Random) {
        let mut pod = self.pods[random.below(self.pods.len())].clone();
        let spec = &mut pod["spec"];
        match kind {
            Kind::Pod | Kind::PodTemplate => {}
            Kind::Job | Kind::CronJob => {
                spec["restartPolicy"] = random.choose(&["Never", "OnFailure"]).into();
            }
            _ => spec["restartPolicy"] = "Always".into(),
        }
        match kind {
            Kind::Pod => {
                object["spec"] = pod["spec"].take();
                for field in ["labels", "annotations"] {
                    object["metadata"][field] = pod["metadata"][field].take();
                }
            }
            Kind::PodTemplate => object["template"] = pod,
            Kind::CronJob => object["spec"]["jobTemplate"]["spec"]["template"] = pod,
            kind if kind.is_workload() => object["spec"]["template"] = pod,
            _ => {}
        }
    }
}

/// Takes away from an object, empties fields, and writes others in another way; what the schema
/// demands stays.
fn thin(object: &mut Value, random: &mut Random) {
    let rate = random.choose(&[3, 8, 20, 50, 150]);
    let head = ["/apiVersion", "/kind", "/metadata", "/metadata/name"];
    for place in fields::places(object) {
        if head.contains(&&*place) {
            continue;
        }
        let replacement = replacement(&place, random);
        let is_needed = place.rsplit('/').next().is_some_and(|name| NEEDED.contains(&name));
        let rate = if is_needed { 20 * rate } else { rate };
        if replacement.is_none() && !random.one_in(rate) {
            continue;
        }
        let mut changed = object.clone();
        match replacement {
            Some(value) => replace(&mut changed, &place, value),
            None => spare(&mut changed, &place, random),
        }
        if is_whole(&changed) {
            *object = changed;
        }
    }
}

/// Another image, or another quantity.
fn replacement(place: &str, random: &mut Random) -> Option<Value> {
    let mut steps = place.rsplit('/');
    let (name, parent) = (steps.next()?, steps.next()?);
    if matches!(name, "image" | "reference") && random.one_in(2) {
        return Some(random.choose(IMAGES).into());
    }
    let is_quantity = RESOURCES.contains(&parent) || name == "sizeLimit";
    (is_quantity && random.one_in(6))
        .then(|| serde_json::from_str(random.choose(QUANTITIES)).expect("it is JSON"))
}

fn replace(object: &mut Value, place: &str, value: Value) {
    if let Some(old) = object.pointer_mut(place).filter(|old| !old.is_object()) {
        *old = value;
    }
}

/// Removes a field, or an entry of its list, or leaves it empty.
fn spare(object: &mut Value, place: &str, random: &mut Random) {
    let Some(value) = object.pointer_mut(place) else { return };
    match random.below(6) {
        0 => *value = Value::Null,
        1 | 2 => *value = empty(value),
        3 if value.as_array().is_some_and(|list| list.len() > 1) => {
            let list = value.as_array_mut().expect("it is a list");
            list.remove(random.below(list.len()));
        }
        _ => fields::remove(object, place),
    }
}

fn empty(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(set) => (!set).into(),
        Value::Number(_) => 0.into(),
        Value::String(_) => "".into(),
        Value::Array(_) => json!([]),
        Value::Object(_) => json!({}),
    }
}

fn is_whole(object: &Value) -> bool {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    schema::faults(text("apiVersion"), text("kind"), object).is_some_and(|faults| faults.is_empty())
}
