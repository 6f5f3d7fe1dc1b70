//! From documents to objects, policies and items.

use std::{fmt, mem, sync::Arc};

use crate::{
    api::{self, ActionItem, AuditPolicy},
    model::{self, DecodeError, Kind, Object},
    schema::{self, Fit, Wrong},
};

use super::{
    MAX_BYTES, MAX_DOCUMENT, Place, Position,
    documents::Documents,
    json,
    layout::Layouts,
    node::{Node, Value},
    plain,
    tree::{self, Fault},
    written::write_object,
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
    /// Group and kind of the objects that are kept whole, for custom checks.
    whole: Vec<(String, String)>,
    layouts: Layouts,
}

impl Manifest {
    /// One that keeps objects of these groups and kinds whole.
    pub fn keeping_whole<'a>(kinds: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(group, kind): (&str, &str)| (group.to_owned(), kind.to_owned());
        Self { whole: kinds.into_iter().map(owned).collect(), ..Self::default() }
    }

    /// Reads a text and adds what it holds.
    pub fn add(&mut self, file: &str, text: &str) {
        let mut objects = mem::take(&mut self.objects);
        self.read(file, text, &mut |object| objects.push(object));
        self.objects = objects;
    }

    /// Reads a text, hands on each object as it is read, and adds what else it holds.
    pub fn read(&mut self, file: &str, text: &str, take: &mut dyn FnMut(Loaded<Object>)) {
        let mut reader = Reader::new(file, self, take);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_BYTES {
            reader.problem(1, too_large(MAX_BYTES));
        } else {
            reader.read(text);
        }
    }

    /// Puts the objects that name no namespace into one, as `kubectl --namespace` does.
    pub fn set_namespace(&mut self, namespace: &str) {
        for Loaded { content: object, .. } in &mut self.objects {
            object.set_namespace(namespace);
        }
    }
}

/// What the documents of a YAML text stand for, as kubectl makes JSON of them; `None` for one that cannot be
/// read.
#[must_use]
pub fn values(text: &str) -> Vec<Option<serde_json::Value>> {
    let mut values = Vec::new();
    for (document, line) in Documents::new(text, 1) {
        let start = Position { line, column: 1 };
        match plain::read(document, line) {
            Some(node) => values.push(Some((&node.value).into())),
            None => tree::read(document, start, |document| {
                values.push(document.ok().map(|node| (&node.value).into()));
            }),
        }
    }
    values
}

fn too_large(bytes: usize) -> String {
    format!("is larger than {} MiB; split it", bytes >> 20)
}

/// Reads one text.
struct Reader<'a> {
    file: Arc<str>,
    document: usize,
    /// The object that is being decoded.
    json: String,
    manifest: &'a mut Manifest,
    take_object: &'a mut dyn FnMut(Loaded<Object>),
}

/// What an object says it is.
struct Type {
    api_version: String,
    kind: String,
}

impl Type {
    fn of(object: &Value<'_>) -> Option<Self> {
        let text = |name| object.get(name)?.value.as_text().map(str::to_owned);
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

impl<'a> Reader<'a> {
    fn new(
        file: &str,
        manifest: &'a mut Manifest,
        take_object: &'a mut dyn FnMut(Loaded<Object>),
    ) -> Self {
        Self { file: file.into(), document: 0, json: String::new(), manifest, take_object }
    }

    fn read(&mut self, text: &str) {
        let mut json = json::Reader::new(text);
        while json.has_next() {
            let line = json.line();
            match json.next_document() {
                Some((_, written)) if written.len() > MAX_DOCUMENT => self.refuse(line),
                Some((node, _)) => self.take(Ok(node), false),
                None => break,
            }
        }
        let (rest, start) = json.rest();
        let is_template = rest.contains("{{");
        if start.column > 1 {
            tree::read(rest, start, |document| self.take(document, is_template));
            return;
        }
        for (document, line) in Documents::new(rest, start.line) {
            if document.len() > MAX_DOCUMENT {
                self.refuse(line);
            } else if let Some(node) = plain::read(document, line) {
                self.take(Ok(node), is_template);
            } else {
                let start = Position { line, column: 1 };
                tree::read(document, start, |document| self.take(document, is_template));
            }
        }
    }

    fn refuse(&mut self, line: u32) {
        self.problem(line, format!("document {}", too_large(MAX_DOCUMENT)));
        self.document += 1;
    }

    fn take(&mut self, document: Result<Node<'_>, Fault>, is_template: bool) {
        match document {
            Ok(node) => self.read_node(&node, None),
            Err(Fault { line, error }) => {
                let hint = if is_template { "; render templates first" } else { "" };
                self.problem(line, format!("{error}{hint}"));
            }
        }
        self.document += 1;
    }

    /// Reads an object, or the objects of a list. `inherited` is what the list says they are.
    fn read_node(&mut self, node: &Node<'_>, inherited: Option<&Type>) {
        if !matches!(node.value, Value::Map(_)) {
            self.manifest.ignored += usize::from(node.value != Value::Null);
            return;
        }
        let own = Type::of(&node.value);
        let Some(is) = own.as_ref().or(inherited) else {
            self.manifest.ignored += 1;
            return;
        };
        if is.kind.ends_with("List")
            && let Some(Node { value: Value::List(items), .. }) = node.value.get("items")
        {
            let inherited = is.of_items();
            items.iter().for_each(|item| self.read_node(item, inherited.as_ref()));
            return;
        }
        self.read_object(is, node);
    }

    fn read_object(&mut self, is: &Type, node: &Node<'_>) {
        match (is.group(), is.kind.as_str()) {
            (api::GROUP, "AuditPolicy") => {
                let read = self.read_resource(node, "an AuditPolicy");
                if let (None, Some(problem)) = (&read, self.manifest.problems.last_mut()) {
                    problem.in_policy = true;
                }
                self.manifest.policies.extend(read);
            }
            (api::GROUP, "ActionItem") => {
                let read = self.read_resource(node, "an ActionItem");
                self.manifest.items.extend(read);
            }
            (_, kind) if is.api_version.is_empty() && is_known(kind) => {
                let message = format!("a {kind} needs an apiVersion");
                self.problem(node.line_of("kind"), message);
            }
            (group, kind) => match Kind::find(group, kind) {
                Some(kind) => self.decode(kind, is, node),
                None if is_object(&node.value) => self.decode(Kind::Other, is, node),
                None => self.manifest.ignored += 1,
            },
        }
    }

    fn place(&mut self, node: &Node<'_>) -> Place {
        Place {
            file: Arc::clone(&self.file),
            document: self.document,
            line: node.position.line,
            layout: self.manifest.layouts.of(node),
        }
    }

    fn decode(&mut self, kind: Kind, is: &Type, node: &Node<'_>) {
        let fit = fit(is, node);
        self.json.clear();
        write_object(node, &mut self.json);
        match model::decode(kind, &self.json) {
            Ok(content) => {
                let whole = self.is_kept_whole(is).then(|| self.json.as_str().into());
                let (content, place) = (Object { fit, whole, ..content }, self.place(node));
                (self.take_object)(Loaded { content, place });
            }
            Err(error) => {
                let message = reason(&error, &fit).unwrap_or_else(|| error.to_string());
                self.problem(node.line_of(&error.field), message);
            }
        }
    }

    fn is_kept_whole(&self, is: &Type) -> bool {
        let is_meant = |(group, kind): &(String, String)| (is.group(), &is.kind) == (group, kind);
        self.manifest.whole.iter().any(is_meant)
    }

    /// What is wrong with a policy or an item may be said in full: they hold no secrets.
    fn read_resource<R: serde::de::DeserializeOwned>(
        &mut self,
        node: &Node<'_>,
        kind: &str,
    ) -> Option<Loaded<R>> {
        match api::from_manifest((&node.value).into()) {
            Ok(content) => Some(Loaded { content, place: self.place(node) }),
            Err(error) => {
                let path = error.path().to_string();
                let message = format!("field `{path}` of {kind}: {}", error.into_inner());
                self.problem(node.line_of(&path), message);
                None
            }
        }
    }

    fn problem(&mut self, line: u32, message: String) {
        let file = Arc::clone(&self.file);
        self.manifest.problems.push(Problem { file, line, message, in_policy: false });
    }
}

/// Holds an object of a file against the schema that it says it has. A field that is written twice is
/// wrong whatever the schema says.
fn fit(is: &Type, node: &Node<'_>) -> Fit {
    let compared = schema::faults(&is.api_version, &is.kind, &node.value);
    let repeated = node.repeated();
    if compared.is_none() && repeated.is_empty() {
        return Fit::NoSchema;
    }
    let mut faults = compared.unwrap_or_default();
    // Whatever the order of the fields is, the first fault is the same.
    faults.sort_by(|left, right| left.path.split('/').cmp(right.path.split('/')));
    let repeated = repeated.into_iter();
    let repeated = repeated.map(|path| schema::Fault { path: path.into(), wrong: Wrong::Repeated });
    Fit::Compared(faults.into_iter().chain(repeated).collect())
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
fn is_object(value: &Value<'_>) -> bool {
    let has_name = |metadata: &Node<'_>| {
        metadata.value.get("name").or_else(|| metadata.value.get("generateName")).is_some()
    };
    value.get("apiVersion").is_some() && value.get("metadata").is_some_and(has_name)
}

#[cfg(test)]
mod tests;
