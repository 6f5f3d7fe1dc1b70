//! From the events of a YAML text to values that know their places: reads everything, at its leisure.

use std::{borrow::Cow, collections::HashMap};

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{
    MAX_DEPTH, Position,
    node::{self, Field, Node, Value},
    scalar,
};

/// How many values aliases may make of one that is written.
const MAX_GROWTH: usize = 10;
/// So many values may come from aliases in any document.
const FREE_VALUES: usize = 10_000;

/// What a document cannot be read for. Never holds a value of the document.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum TreeError {
    #[error("cannot be read as YAML: {0}")]
    Syntax(String),
    #[error("is nested deeper than {MAX_DEPTH} levels; flatten it")]
    Deep,
    #[error("becomes {MAX_GROWTH} times as large by its aliases; write the values out")]
    Growth,
    #[error("has a key that is not a text; quote it")]
    Key,
    #[error("has a number that JSON cannot hold; write a finite one")]
    Infinite,
    #[error("has an alias inside of what it stands for; write the value out")]
    Recursive,
    #[error("merges with `<<` what is not a map; use a map or a list of maps")]
    Merge,
}

/// A document that cannot be read, and the line where that shows.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) line: u32,
    pub(super) error: TreeError,
}

/// Reads the documents of a text that begins at `start`, one after the other; empty ones are
/// `null`. After a document that cannot be read, the next one is.
pub(super) fn read<'text>(
    text: &'text str,
    start: Position,
    mut take: impl FnMut(Result<Node<'text>, Fault>),
) {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { start, ..Builder::default() };
    while let Some(event) = parser.next_event() {
        match builder.take(event) {
            Ok(Some(document)) => take(Ok(document)),
            Ok(None) => {}
            Err(fault) => {
                take(Err(fault));
                builder.abandon();
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    return;
                }
            }
        }
    }
}

/// A map or a list that is being read.
struct Frame<'text> {
    anchor: usize,
    position: Position,
    content: Content<'text>,
}

enum Content<'text> {
    List(Vec<Node<'text>>),
    Map(Vec<Field<'text>>, Option<Key<'text>>),
}

enum Key<'text> {
    Name(Cow<'text, str>, Position),
    Merge,
}

#[derive(Default)]
struct Builder<'text> {
    start: Position,
    stack: Vec<Frame<'text>>,
    anchors: HashMap<usize, Node<'text>>,
    root: Option<Node<'text>>,
    /// How many values the document has, and how many more aliases have made of them.
    written: usize,
    copied: usize,
}

impl<'text> Builder<'text> {
    /// Takes an event; the end of a document gives the document.
    fn take(
        &mut self,
        event: Result<(Event<'text>, Span), ScanError>,
    ) -> Result<Option<Node<'text>>, Fault> {
        let (event, span) = event.map_err(|error| Fault {
            line: self.position(*error.marker()).line,
            error: match error.kind() {
                ErrorKind::RecursionLimitExceeded => TreeError::Deep,
                kind => TreeError::Syntax(kind.to_string()),
            },
        })?;
        let position = self.position(span.start);
        self.follow(event, position).map_err(|error| Fault { line: position.line, error })
    }

    /// Where a marker is in the file; columns are counted from 1.
    fn position(&self, marker: Marker) -> Position {
        let Position { line, column } = self.start;
        let (lines, columns) = (marker.line() as u32, marker.col() as u32);
        Position {
            line: line - 1 + lines,
            column: if lines == 1 { column + columns } else { 1 + columns },
        }
    }

    fn follow(
        &mut self,
        event: Event<'text>,
        position: Position,
    ) -> Result<Option<Node<'text>>, TreeError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain;
                if is_plain && text == "<<" && may_merge(tag.as_deref()) && self.expects_key() {
                    self.set_key(Key::Merge);
                    return Ok(None);
                }
                self.written += weight(&text);
                let value = scalar_value(text, is_plain, tag.as_deref())?;
                self.add(anchor, Node { position, value })?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open(anchor, position, Content::List(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, _) => {
                self.open(anchor, position, Content::Map(Vec::new(), None))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => {
                let Node { value, .. } = self.anchors.get(&anchor).ok_or(TreeError::Recursive)?;
                let (size, height, value) = (size(value), height(value), value.clone());
                self.check_depth(height)?;
                self.copy(size)?;
                self.add(0, Node { position, value })?;
            }
            Event::DocumentEnd => {
                let root = self.root.take();
                self.abandon();
                return Ok(root);
            }
            _ => {}
        }
        Ok(None)
    }

    fn expects_key(&self) -> bool {
        let content = self.stack.last().map(|frame| &frame.content);
        matches!(content, Some(Content::Map(_, None)))
    }

    fn set_key(&mut self, name: Key<'text>) {
        if let Some(Frame { content: Content::Map(_, key), .. }) = self.stack.last_mut() {
            *key = Some(name);
        }
    }

    fn open(
        &mut self,
        anchor: usize,
        position: Position,
        content: Content<'text>,
    ) -> Result<(), TreeError> {
        if self.expects_key() {
            return Err(TreeError::Key);
        }
        self.check_depth(1)?;
        self.written += 1;
        self.stack.push(Frame { anchor, position, content });
        Ok(())
    }

    fn close(&mut self) -> Result<(), TreeError> {
        let Some(Frame { anchor, position, content }) = self.stack.pop() else { return Ok(()) };
        let value = match content {
            Content::List(nodes) => Value::List(nodes),
            Content::Map(fields, _) => node::map(fields),
        };
        self.add(anchor, Node { position, value })
    }

    /// Puts a value where it belongs: into the open map or list, or at the root.
    fn add(&mut self, anchor: usize, mut node: Node<'text>) -> Result<(), TreeError> {
        if anchor != 0 {
            self.copy(size(&node.value))?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.stack.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(node),
            Some(Content::List(nodes)) => nodes.push(node),
            Some(Content::Map(fields, key)) => match key.take() {
                None => *key = Some(Key::Name(name(node.value)?, node.position)),
                Some(Key::Merge) => merge(fields, node.value)?,
                Some(Key::Name(name, position)) => {
                    node.position = position;
                    fields.push(Field::new(name, node));
                }
            },
        }
        Ok(())
    }

    /// Counts what aliases make, and what is kept for them.
    fn copy(&mut self, values: usize) -> Result<(), TreeError> {
        self.copied += values;
        let is_much = self.copied > FREE_VALUES && self.copied > self.written * MAX_GROWTH;
        if is_much { Err(TreeError::Growth) } else { Ok(()) }
    }

    fn check_depth(&self, height: usize) -> Result<(), TreeError> {
        if self.stack.len() + height > MAX_DEPTH { Err(TreeError::Deep) } else { Ok(()) }
    }

    /// Forgets a document.
    fn abandon(&mut self) {
        *self = Self { start: self.start, ..Self::default() };
    }
}

/// Adds the fields of a map, or of the maps in a list, the first of which wins. As in kubectl, they
/// replace fields that stand before, and are replaced by those that stand behind.
fn merge<'text>(fields: &mut Vec<Field<'text>>, value: Value<'text>) -> Result<(), TreeError> {
    match value {
        Value::Map(more) => {
            fields.extend(more.into_iter().map(|field| Field { is_merged: true, ..field }));
            Ok(())
        }
        Value::List(nodes) if nodes.iter().all(|node| matches!(node.value, Value::Map(_))) => {
            nodes.into_iter().rev().try_for_each(|node| merge(fields, node.value))
        }
        _ => Err(TreeError::Merge),
    }
}

fn may_merge(tag: Option<&Tag>) -> bool {
    tag.is_none_or(|tag| tag.core_suffix() == Some("merge"))
}

fn scalar_value<'text>(
    text: Cow<'text, str>,
    is_plain: bool,
    tag: Option<&Tag>,
) -> Result<Value<'text>, TreeError> {
    let resolves = match tag {
        None => is_plain,
        Some(tag) => {
            let kind = tag.core_suffix();
            kind.is_some_and(|kind| ["null", "bool", "int", "float"].contains(&kind))
        }
    };
    if resolves { scalar::resolve(text).ok_or(TreeError::Infinite) } else { Ok(Value::Text(text)) }
}

/// The name of a field: numbers and booleans are names too.
pub(super) fn name(key: Value<'_>) -> Result<Cow<'_, str>, TreeError> {
    match key {
        Value::Text(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string().into()),
        Value::Bool(bool) => Ok(bool.to_string().into()),
        Value::Null | Value::List(_) | Value::Map(_) => Err(TreeError::Key),
    }
}

/// How many values a text counts for: a long one costs memory too.
fn weight(text: &str) -> usize {
    1 + text.len() / 32
}

fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Text(text) => weight(text),
        Value::List(nodes) => 1 + nodes.iter().map(|node| size(&node.value)).sum::<usize>(),
        Value::Map(fields) => {
            let field = |field: &Field<'_>| weight(&field.name) + size(&field.node.value);
            1 + fields.iter().map(field).sum::<usize>()
        }
        _ => 1,
    }
}

/// How many levels of maps and lists a value has.
fn height(value: &Value<'_>) -> usize {
    let nodes: &mut dyn Iterator<Item = &Node<'_>> = match value {
        Value::List(nodes) => &mut nodes.iter(),
        Value::Map(fields) => &mut fields.iter().map(|field| &field.node),
        _ => return 0,
    };
    1 + nodes.map(|node| height(&node.value)).max().unwrap_or_default()
}
