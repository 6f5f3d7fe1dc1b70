//! From the events of a YAML text to values that know their places, in one pass.

use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Value};

use super::{
    MAX_DEPTH, MAX_VALUES, Position,
    lines::{Below, Lines},
    scalar,
};

/// A value, and the place of each part of it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) lines: Lines,
}

/// What a document cannot be read for. Never holds a value of the document.
#[derive(Debug, thiserror::Error)]
pub(super) enum TreeError {
    #[error("cannot be read as YAML: {0}")]
    Syntax(String),
    #[error("is nested deeper than {MAX_DEPTH} levels; flatten it")]
    Deep,
    #[error("holds more than {MAX_VALUES} values, with those that aliases repeat; split the file")]
    Large,
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
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) line: u32,
    pub(super) error: TreeError,
}

/// Reads the documents of a text that begins at `start`, one after the other; empty ones are
/// `null`. After a document that cannot be read, the next one is.
pub(super) fn read(text: &str, start: Position, mut take: impl FnMut(Result<Node, Fault>)) {
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
                let is_end = matches!(fault.error, TreeError::Large);
                take(Err(fault));
                builder.abandon();
                if is_end || !matches!(parser.proceed_next_document(), Ok(true)) {
                    return;
                }
            }
        }
    }
}

/// A map or a list that is being read.
struct Frame {
    anchor: usize,
    position: Position,
    content: Content,
}

enum Content {
    List(Vec<Value>, Vec<Lines>),
    Map(OpenMap),
}

#[derive(Default)]
struct OpenMap {
    fields: Map<String, Value>,
    places: Vec<(Box<str>, Lines)>,
    key: Option<Key>,
    /// The fields that come from a merge, until they are written.
    merged: HashSet<Box<str>>,
}

enum Key {
    Name(String, Position),
    Merge,
}

impl OpenMap {
    fn write(&mut self, name: String, value: Value, mut lines: Lines) {
        let key = Box::from(name.as_str());
        let is_known = self.fields.insert(name, value).is_some();
        lines.is_repeated = is_known && !self.merged.remove(&key);
        self.places.push((key, lines));
    }

    /// Adds the fields of a map, or of the maps in a list, the first of which wins. As in kubectl,
    /// they replace fields that stand before, and are replaced by those that stand behind.
    fn merge(&mut self, value: Value, lines: Lines) -> Result<(), TreeError> {
        match (value, lines.below) {
            (Value::Object(more), Below::Fields(below)) => {
                self.merged.extend(more.keys().map(|name| name.as_str().into()));
                self.fields.extend(more);
                self.places.extend(below);
                Ok(())
            }
            (Value::Array(maps), Below::Items(items)) => {
                let are_maps = maps.iter().all(Value::is_object);
                if !are_maps {
                    return Err(TreeError::Merge);
                }
                let mut pairs = maps.into_iter().zip(items).rev();
                pairs.try_for_each(|(value, lines)| self.merge(value, lines))
            }
            _ => Err(TreeError::Merge),
        }
    }
}

#[derive(Default)]
struct Builder {
    start: Position,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    values: usize,
}

impl Builder {
    /// Takes an event; the end of a document gives the document.
    fn take(&mut self, event: Result<(Event<'_>, Span), ScanError>) -> Result<Option<Node>, Fault> {
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

    fn follow(&mut self, event: Event<'_>, position: Position) -> Result<Option<Node>, TreeError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain;
                if is_plain && text == "<<" && may_merge(tag.as_deref()) && self.expects_key() {
                    self.set_key(Key::Merge);
                    return Ok(None);
                }
                self.count(weight(&text))?;
                let value = scalar_value(&text, is_plain, tag.as_deref())?;
                self.add(anchor, Node { value, lines: Lines::new(position, Below::Nothing) })?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open(anchor, position, Content::List(Vec::new(), Vec::new()))?;
            }
            Event::MappingStart(_, anchor, _) => {
                self.open(anchor, position, Content::Map(OpenMap::default()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).ok_or(TreeError::Recursive)?;
                self.check_depth(height(&node.value))?;
                let mut node = node.clone();
                self.count(size(&node.value))?;
                node.lines.position = position;
                self.add(0, node)?;
            }
            Event::DocumentEnd => {
                self.anchors.clear();
                return Ok(self.root.take());
            }
            _ => {}
        }
        Ok(None)
    }

    fn expects_key(&self) -> bool {
        let content = self.stack.last().map(|frame| &frame.content);
        matches!(content, Some(Content::Map(OpenMap { key: None, .. })))
    }

    fn set_key(&mut self, key: Key) {
        if let Some(Frame { content: Content::Map(map), .. }) = self.stack.last_mut() {
            map.key = Some(key);
        }
    }

    fn open(
        &mut self,
        anchor: usize,
        position: Position,
        content: Content,
    ) -> Result<(), TreeError> {
        if self.expects_key() {
            return Err(TreeError::Key);
        }
        self.check_depth(1)?;
        self.count(1)?;
        self.stack.push(Frame { anchor, position, content });
        Ok(())
    }

    fn close(&mut self) -> Result<(), TreeError> {
        let Some(Frame { anchor, position, content }) = self.stack.pop() else { return Ok(()) };
        let (value, below) = match content {
            Content::List(values, lines) => (Value::Array(values), Below::Items(lines)),
            Content::Map(map) => (Value::Object(map.fields), Below::Fields(map.places)),
        };
        self.add(anchor, Node { value, lines: Lines::new(position, below) })
    }

    /// Puts a value where it belongs: into the open map or list, or at the root.
    fn add(&mut self, anchor: usize, node: Node) -> Result<(), TreeError> {
        if anchor != 0 {
            self.count(size(&node.value))?;
            self.anchors.insert(anchor, node.clone());
        }
        let Node { value, mut lines } = node;
        match self.stack.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(Node { value, lines }),
            Some(Content::List(values, places)) => {
                values.push(value);
                places.push(lines);
            }
            Some(Content::Map(map)) => match map.key.take() {
                None => map.key = Some(Key::Name(name(value)?, lines.position)),
                Some(Key::Merge) => map.merge(value, lines)?,
                Some(Key::Name(name, position)) => {
                    lines.position = position;
                    map.write(name, value, lines);
                }
            },
        }
        Ok(())
    }

    /// Counts what is kept, copies for and by aliases included.
    fn count(&mut self, values: usize) -> Result<(), TreeError> {
        self.values += values;
        if self.values > MAX_VALUES { Err(TreeError::Large) } else { Ok(()) }
    }

    fn check_depth(&self, height: usize) -> Result<(), TreeError> {
        if self.stack.len() + height > MAX_DEPTH { Err(TreeError::Deep) } else { Ok(()) }
    }

    /// Forgets a document that cannot be read.
    fn abandon(&mut self) {
        self.stack.clear();
        self.anchors.clear();
        self.root = None;
    }
}

fn may_merge(tag: Option<&Tag>) -> bool {
    tag.is_none_or(|tag| tag.core_suffix() == Some("merge"))
}

fn scalar_value(text: &str, is_plain: bool, tag: Option<&Tag>) -> Result<Value, TreeError> {
    let resolves = match tag {
        None => is_plain,
        Some(tag) => {
            let kind = tag.core_suffix();
            kind.is_some_and(|kind| ["null", "bool", "int", "float"].contains(&kind))
        }
    };
    if resolves { scalar::resolve(text).ok_or(TreeError::Infinite) } else { Ok(text.into()) }
}

/// The name of a field: numbers and booleans are names too.
fn name(key: Value) -> Result<String, TreeError> {
    match key {
        Value::String(text) => Ok(text),
        Value::Number(_) | Value::Bool(_) => Ok(key.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(TreeError::Key),
    }
}

/// How many values a text counts for: a long one costs memory too.
fn weight(text: &str) -> usize {
    1 + text.len() / 32
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => weight(text),
        Value::Array(values) => 1 + values.iter().map(size).sum::<usize>(),
        Value::Object(fields) => {
            1 + fields.iter().map(|(name, value)| weight(name) + size(value)).sum::<usize>()
        }
        _ => 1,
    }
}

/// How many levels of maps and lists a value has.
fn height(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(height).max().unwrap_or_default(),
        Value::Object(fields) => 1 + fields.values().map(height).max().unwrap_or_default(),
        _ => 0,
    }
}
