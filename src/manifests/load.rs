//! From documents to objects, policies and items.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    api::{self, ActionItem, AuditPolicy},
    model::{self, DecodeError, Kind, Object},
    schema::{self, Fit, Wrong},
};

use super::{
    MAX_BYTES, Place, Position, json,
    lines::Lines,
    tree::{self, Fault, Node},
};

/// What a text holds, and where.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    /// The object, policy or item.
    pub content: T,
    /// Where it stands.
    pub place: Place,
}

/// What cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// The line where it shows, from 1.
    pub line: u32,
    /// What is wrong; never a value of the file.
    pub message: String,
    /// Whether it is in a policy: then nobody knows by what to judge.
    pub in_policy: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, message, in_policy: _ } = self;
        write!(formatter, "{file}:{line}: {message}")
    }
}

/// What texts hold, in their order.
#[derive(Debug, Default)]
pub struct Manifest {
    /// Objects of the kinds that checks know.
    pub objects: Vec<Loaded<Object>>,
    /// Policies.
    pub policies: Vec<Loaded<AuditPolicy>>,
    /// Items.
    pub items: Vec<Loaded<ActionItem>>,
    /// What cannot be read.
    pub problems: Vec<Problem>,
    /// How many documents are no objects, or of kinds that checks do not know.
    pub ignored: usize,
}

impl Manifest {
    /// Reads a text and adds what it holds.
    pub fn add(&mut self, file: &str, text: &str) {
        let mut reader = Reader { file: file.into(), document: 0, manifest: self };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_BYTES {
            let mebibytes = MAX_BYTES >> 20;
            reader.problem(1, format!("is larger than {mebibytes} MiB; split it"));
            return;
        }
        if let Some(documents) = json::documents(text) {
            for (document, start) in documents {
                tree::read(document, start, |document| reader.take(document, false));
            }
        } else {
            let is_template = text.contains("{{");
            tree::read(text, Position::default(), |document| reader.take(document, is_template));
        }
    }

    /// Puts the objects that name no namespace into one, as `kubectl --namespace` does.
    pub fn set_namespace(&mut self, namespace: &str) {
        for Loaded { content: object, .. } in &mut self.objects {
            if object.kind.is_namespaced() {
                object.meta.namespace.get_or_insert_with(|| namespace.into());
            }
        }
    }
}

/// Reads one text.
struct Reader<'a> {
    file: Arc<str>,
    document: usize,
    manifest: &'a mut Manifest,
}

/// What an object says it is.
struct Type {
    api_version: String,
    kind: String,
}

impl Type {
    fn of(fields: &Map<String, Value>) -> Option<Self> {
        let text = |name| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { api_version: text("apiVersion").unwrap_or_default(), kind: text("kind")? })
    }

    fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// What the items of a list are that do not say so themselves.
    fn of_items(&self) -> Option<Self> {
        let kind = self.kind.strip_suffix("List").filter(|kind| !kind.is_empty())?;
        Some(Self { api_version: self.api_version.clone(), kind: kind.to_owned() })
    }
}

impl Reader<'_> {
    fn take(&mut self, document: Result<Node, Fault>, is_template: bool) {
        match document {
            Ok(node) => self.read(node, None),
            Err(Fault { line, error }) => {
                let hint = if is_template { "; render templates first" } else { "" };
                self.problem(line, format!("{error}{hint}"));
            }
        }
        self.document += 1;
    }

    /// Reads an object, or the objects of a list. `inherited` is what the list says they are.
    fn read(&mut self, node: Node, inherited: Option<&Type>) {
        let Node { value, mut lines } = node;
        let Value::Object(mut fields) = value else {
            self.manifest.ignored += usize::from(!value.is_null());
            return;
        };
        let own = Type::of(&fields);
        let Some(is) = own.as_ref().or(inherited) else {
            self.manifest.ignored += 1;
            return;
        };
        if is.kind.ends_with("List")
            && let Some(Value::Array(items)) = fields.get_mut("items").map(Value::take)
        {
            let inherited = is.of_items();
            for (value, lines) in items.into_iter().zip(lines.take_items("items")) {
                self.read(Node { value, lines }, inherited.as_ref());
            }
            return;
        }
        self.read_object(is, fields, lines);
    }

    fn read_object(&mut self, is: &Type, fields: Map<String, Value>, lines: Lines) {
        let place = Place { file: Arc::clone(&self.file), document: self.document, lines };
        match (is.group(), is.kind.as_str()) {
            (api::GROUP, "AuditPolicy") => {
                let read = self.read_resource(fields, &place, "an AuditPolicy");
                if let (None, Some(problem)) = (&read, self.manifest.problems.last_mut()) {
                    problem.in_policy = true;
                }
                self.manifest.policies.extend(read.map(|content| Loaded { content, place }));
            }
            (api::GROUP, "ActionItem") => {
                let read = self.read_resource(fields, &place, "an ActionItem");
                self.manifest.items.extend(read.map(|content| Loaded { content, place }));
            }
            (_, kind) if is.api_version.is_empty() && is_known(kind) => {
                let message = format!("a {kind} needs an apiVersion");
                self.problem(place.line("/kind"), message);
            }
            (group, kind) => match Kind::find(group, kind) {
                Some(kind) => self.decode(kind, is, fields, place),
                None if is_object(&fields) => self.decode(Kind::Other, is, fields, place),
                None => self.manifest.ignored += 1,
            },
        }
    }

    fn decode(&mut self, kind: Kind, is: &Type, mut fields: Map<String, Value>, place: Place) {
        let fit = fit(is, &fields, &place);
        use_generated_name(&mut fields);
        let mut value = Value::Object(fields);
        drop_nulls(&mut value);
        match model::decode(kind, &value.to_string()) {
            Ok(content) => {
                self.manifest.objects.push(Loaded { content: Object { fit, ..content }, place });
            }
            Err(error) => {
                let message = reason(&error, &fit).unwrap_or_else(|| error.to_string());
                self.problem(place.line_of_field(&error.field), message);
            }
        }
    }

    /// What is wrong with a policy or an item may be said in full: they hold no secrets.
    fn read_resource<R: serde::de::DeserializeOwned>(
        &mut self,
        fields: Map<String, Value>,
        place: &Place,
        kind: &str,
    ) -> Option<R> {
        let read = api::from_manifest(Value::Object(fields));
        read.map_err(|error| {
            let path = error.path().to_string();
            let message = format!("field `{path}` of {kind}: {}", error.into_inner());
            self.problem(place.line_of_field(&path), message);
        })
        .ok()
    }

    fn problem(&mut self, line: u32, message: String) {
        let file = Arc::clone(&self.file);
        self.manifest.problems.push(Problem { file, line, message, in_policy: false });
    }
}

/// Holds an object of a file against the schema that it says it has. A field that is written twice is
/// wrong whatever the schema says.
fn fit(is: &Type, fields: &Map<String, Value>, place: &Place) -> Fit {
    let compared = schema::faults(&is.api_version, &is.kind, fields);
    let repeated = place.lines.repeated();
    if compared.is_none() && repeated.is_empty() {
        return Fit::NoSchema;
    }
    let repeated = repeated.into_iter();
    let repeated = repeated.map(|path| schema::Fault { path: path.into(), wrong: Wrong::Repeated });
    Fit::Compared(compared.into_iter().flatten().chain(repeated).collect())
}

/// Why a field cannot be read, where the schema knows it better.
fn reason(error: &DecodeError, fit: &Fit) -> Option<String> {
    let Fit::Compared(faults) = fit else { return None };
    let DecodeError { kind, field } = error;
    let steps = field.split(['.', '[', ']']).filter(|step| !step.is_empty());
    let pointer: String = steps.flat_map(|step| ["/", step]).collect();
    let fault = faults.iter().find(|fault| *fault.path == *pointer)?;
    let Wrong::Type { found, wanted } = fault.wrong else { return None };
    Some(format!("field `{field}` of a {kind} is {found}, not {wanted}"))
}

fn is_known(kind: &str) -> bool {
    Kind::ALL.iter().any(|known| known.name() == kind)
}

/// Whether a document of a kind that no check knows is an object; configuration of tools, such as
/// a `Kustomization`, has no name.
fn is_object(fields: &Map<String, Value>) -> bool {
    let metadata = fields.get("metadata").and_then(Value::as_object);
    fields.contains_key("apiVersion")
        && metadata
            .is_some_and(|meta| meta.contains_key("name") || meta.contains_key("generateName"))
}

/// An object whose name the API server makes up is called by what the name starts with.
fn use_generated_name(fields: &mut Map<String, Value>) {
    let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    if metadata.get("name").is_none_or(Value::is_null)
        && let Some(prefix) = metadata.get("generateName").cloned()
    {
        metadata.insert("name".to_owned(), prefix);
    }
}

/// Maps of texts: in them `null` is the empty text for the API server.
const TEXTS: [&str; 10] = [
    "labels",
    "annotations",
    "matchLabels",
    "nodeSelector",
    "selector",
    "data",
    "binaryData",
    "stringData",
    "parameters",
    "volumeAttributes",
];
/// Maps of quantities: in them `null` is zero.
const QUANTITIES: [&str; 8] =
    ["requests", "limits", "hard", "default", "defaultRequest", "min", "max", "capacity"];

/// For the API server a field that is `null` is absent.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            for (name, value) in fields {
                if TEXTS.contains(&name.as_str()) {
                    replace_nulls(value, "");
                } else if QUANTITIES.contains(&name.as_str()) {
                    replace_nulls(value, "0");
                }
                drop_nulls(value);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn replace_nulls(entries: &mut Value, text: &str) {
    let Some(entries) = entries.as_object_mut() else { return };
    // A `selector` may have fields of its own instead.
    let is_entry = |name: &str| !matches!(name, "matchLabels" | "matchExpressions");
    let nulls = entries.iter_mut().filter(|(name, value)| value.is_null() && is_entry(name));
    nulls.for_each(|(_, value)| *value = text.into());
}

#[cfg(test)]
mod tests;
