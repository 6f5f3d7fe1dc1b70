//! A document as it is written: values that borrow from the text, and know their places.

use std::{borrow::Cow, collections::HashMap};

use serde_json::{Map, Number};

use crate::schema::{Document, Form, MAX_FAULTS};

use super::Position;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node<'text> {
    /// Of a field, the place of its name.
    pub(super) position: Position,
    pub(super) value: Value<'text>,
}

/// What a document can hold: the same as JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'text> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'text, str>),
    List(Vec<Node<'text>>),
    /// In the order of the text.
    Map(Vec<Field<'text>>),
}

/// A field of a map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field<'text> {
    pub(super) name: Cow<'text, str>,
    pub(super) node: Node<'text>,
    /// Whether a later one of the same name counts instead.
    pub(super) is_replaced: bool,
    /// Whether it was written before.
    pub(super) is_repeated: bool,
    /// Whether a merge brought it.
    pub(super) is_merged: bool,
}

/// From so many fields on, names are looked up to find those that are written twice.
const MANY: usize = 16;

impl<'text> Field<'text> {
    pub(super) fn new(name: Cow<'text, str>, node: Node<'text>) -> Self {
        Self { name, node, is_replaced: false, is_repeated: false, is_merged: false }
    }

    /// Takes over what a merge brings: it may be written again.
    fn follow(&mut self, earlier: &mut Self) {
        earlier.is_replaced = true;
        if !self.is_merged {
            self.is_repeated = !earlier.is_merged;
        }
    }
}

/// A map of fields in the order of the text.
pub(super) fn map(mut fields: Vec<Field<'_>>) -> Value<'_> {
    if fields.len() < MANY {
        for index in 1..fields.len() {
            let (earlier, rest) = fields.split_at_mut(index);
            let name = &rest[0].name;
            if let Some(earlier) = earlier.iter_mut().rev().find(|field| field.name == *name) {
                rest[0].follow(earlier);
            }
        }
    } else {
        mark_many(&mut fields);
    }
    Value::Map(fields)
}

fn mark_many(fields: &mut [Field<'_>]) {
    let mut known: HashMap<Cow<'_, str>, usize> = HashMap::with_capacity(fields.len());
    for index in 0..fields.len() {
        if let Some(earlier) = known.insert(fields[index].name.clone(), index) {
            let (before, rest) = fields.split_at_mut(index);
            rest[0].follow(&mut before[earlier]);
        }
    }
}

impl Node<'_> {
    /// The place at the end of a path, or of the last step that is there.
    pub(super) fn at<'step>(&self, steps: impl IntoIterator<Item = &'step str>) -> Position {
        let mut here = self;
        for step in steps {
            let child = match &here.value {
                Value::List(nodes) => step.parse::<usize>().ok().and_then(|index| nodes.get(index)),
                value => value.get(step),
            };
            let Some(child) = child else { break };
            here = child;
        }
        here.position
    }

    /// The line of a field, by a path with dots and indices: `spec.containers[0].image`.
    pub(super) fn line_of(&self, path: &str) -> u32 {
        self.at(path.split(['.', '[', ']']).filter(|step| !step.is_empty())).line
    }

    /// The JSON pointers of the fields that were written before.
    pub(super) fn repeated(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.has_repeated() {
            self.find_repeated(&mut String::new(), &mut found);
        }
        found
    }

    fn has_repeated(&self) -> bool {
        match &self.value {
            Value::List(nodes) => nodes.iter().any(Self::has_repeated),
            Value::Map(fields) => {
                fields.iter().any(|field| field.is_repeated || field.node.has_repeated())
            }
            _ => false,
        }
    }

    fn find_repeated(&self, path: &mut String, found: &mut Vec<String>) {
        let length = path.len();
        match &self.value {
            Value::List(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    path.push('/');
                    path.push_str(&index.to_string());
                    node.find_repeated(path, found);
                    path.truncate(length);
                }
            }
            Value::Map(fields) => {
                for field in fields {
                    path.push('/');
                    path.push_str(&field.name.replace('~', "~0").replace('/', "~1"));
                    if field.is_repeated && found.len() < MAX_FAULTS && !found.contains(path) {
                        found.push(path.clone());
                    }
                    field.node.find_repeated(path, found);
                    path.truncate(length);
                }
            }
            _ => {}
        }
    }
}

impl<'text> Value<'text> {
    /// The fields that count, if it is a map.
    pub(super) fn fields(&self) -> impl Iterator<Item = &Field<'text>> {
        let fields = if let Self::Map(fields) = self { fields.as_slice() } else { &[] };
        fields.iter().filter(|field| !field.is_replaced)
    }

    /// The value of a field.
    pub(super) fn get(&self, name: &str) -> Option<&Node<'text>> {
        self.fields().find(|field| field.name == name).map(|field| &field.node)
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl From<&Value<'_>> for serde_json::Value {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::Bool(*bool),
            Value::Number(number) => Self::Number(number.clone()),
            Value::Text(text) => Self::String(text.as_ref().to_owned()),
            Value::List(nodes) => nodes.iter().map(|node| Self::from(&node.value)).collect(),
            Value::Map(_) => {
                let pair =
                    |field: &Field<'_>| (field.name.to_string(), Self::from(&field.node.value));
                Self::Object(value.fields().map(pair).collect::<Map<_, _>>())
            }
        }
    }
}

impl Document for Value<'_> {
    fn form(&self) -> Form<'_> {
        match self {
            Self::Null => Form::Null,
            Self::Bool(_) => Form::Bool,
            Self::Number(number) => Form::Number(number),
            Self::Text(text) => Form::Text(text),
            Self::List(_) => Form::List,
            Self::Map(_) => Form::Map,
        }
    }

    fn items(&self) -> impl Iterator<Item = &Self> {
        let nodes = if let Self::List(nodes) = self { nodes.as_slice() } else { &[] };
        nodes.iter().map(|node| &node.value)
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.fields().map(|field| (&*field.name, &field.node.value))
    }
}
