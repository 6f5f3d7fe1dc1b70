//! One object, and what is changed in it.

use granit_parser::StructureStyle;
use serde_json::{Map, Value};

use crate::{checks::Edit, engine::Step};

use super::{
    super::{scalar, values},
    Refusal,
    spot::{self, Content, Field, Spot},
    words::{Manner, Written},
};

/// The text of an object that stands by itself.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// The text, behind so many blanks that all of its lines stand as in the document.
    text: String,
    blanks: usize,
    value: Value,
}

/// Texts that are put in, by where, and how much of what is there they replace.
type Inserts = Vec<(usize, usize, String)>;

impl Piece {
    pub(super) fn read(text: &str, column: usize) -> Option<Self> {
        let blanks = if text.starts_with('{') { 0 } else { column };
        let text = format!("{:blanks$}{text}", "");
        let value = value(&text)?;
        Some(Self { text, blanks, value })
    }

    pub(super) fn text(&self) -> &str {
        &self.text[self.blanks..]
    }

    /// Takes all steps, or none.
    pub(super) fn change(&mut self, steps: &[Step]) -> Result<(), Refusal> {
        let mut changed = self.clone();
        steps.iter().try_for_each(|step| changed.step(step))?;
        *self = changed;
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), Refusal> {
        let mut wanted = self.value.clone();
        let (parent, _) = step.pointer.rsplit_once('/').ok_or(Refusal::Unusual)?;
        for &(field, value) in step.unless {
            if self.value.pointer(&format!("{parent}/{field}")).is_some_and(|it| has(it, value)) {
                return Err(Refusal::Refused { field, value });
            }
        }
        if !put(&mut wanted, &step.pointer, step.edit).ok_or(Refusal::Unusual)? {
            return Ok(());
        }
        let spots = spot::read(&self.text).ok_or(Refusal::Unusual)?;
        let names: Vec<&str> = step.pointer.split('/').skip(1).collect();
        let inserts = self.inserts(&spots.root, &names, step.edit)?;
        let mut text = self.text.clone();
        for (at, length, insert) in inserts.into_iter().rev() {
            text.replace_range(at..at + length, &insert);
        }
        if value(&text).as_ref() != Some(&wanted) {
            return Err(Refusal::Unusual);
        }
        (self.text, self.value) = (text, wanted);
        Ok(())
    }

    /// What is put in at the end of a path, sorted by place.
    fn inserts(&self, root: &Spot, names: &[&str], edit: Edit) -> Result<Inserts, Refusal> {
        let mut spot = root;
        let mut around: Option<&Field> = None;
        for (depth, name) in names.iter().enumerate() {
            if spot.is_shared {
                return Err(Refusal::Shared);
            }
            let child = match &spot.content {
                Content::List(_, items) => {
                    let item = name.parse().ok().and_then(|index: usize| items.get(index));
                    item.ok_or(Refusal::Unusual)?
                }
                Content::Map(..) => match spot.field(name) {
                    Some(field) => {
                        around = Some(field);
                        &field.spot
                    }
                    None if spot.merges() => return Err(Refusal::Merged),
                    None => return self.insert(spot, around, &names[depth..], written(edit)),
                },
                _ => return self.fill(spot, around, &names[depth..], written(edit)),
            };
            spot = child;
        }
        match (edit, &spot.content) {
            _ if spot.is_shared => Err(Refusal::Shared),
            (Edit::Include(text), Content::List(style, items)) => {
                self.append(spot, around, *style, items, text)
            }
            _ => self.fill(spot, around, &[], written(edit)),
        }
    }

    fn manner(&self, around: Option<&Field>) -> Manner<'_> {
        let is_quoted = around.is_some_and(|field| self.text[field.key.start..].starts_with('"'));
        let line = self.text.find('\n');
        let is_dos = line.is_some_and(|at| self.text[..at].ends_with('\r'));
        Manner { is_quoted, line_end: if is_dos { "\r\n" } else { "\n" } }
    }

    /// Puts something in the place of a scalar.
    fn fill(
        &self,
        spot: &Spot,
        around: Option<&Field>,
        names: &[&str],
        value: Written<'_>,
    ) -> Result<Inserts, Refusal> {
        let field = around.filter(|field| field.spot.range == spot.range);
        let (Content::Scalar, Some(field)) = (&spot.content, field) else {
            return Err(Refusal::Unusual);
        };
        let manner = self.manner(around);
        let (start, length) = (spot.range.start, spot.range.len());
        let is_in_block = self.text[..field.key.start]
            .rsplit('\n')
            .next()
            .is_some_and(|before| before.trim_start_matches([' ', '-']).is_empty());
        if length == 0 && !names.is_empty() && is_in_block {
            let indent = self.column(field.key.start) + 2;
            return self.behind_line(start, &manner.lines(names, value, indent), None);
        }
        let text = match names {
            [] => manner.value(value),
            _ => format!("{{{}}}", manner.entry(names, value)),
        };
        let blank = if length == 0 { " " } else { "" };
        Ok(vec![(start, length, format!("{blank}{text}"))])
    }

    /// Adds a field to a map.
    fn insert(
        &self,
        map: &Spot,
        around: Option<&Field>,
        names: &[&str],
        value: Written<'_>,
    ) -> Result<Inserts, Refusal> {
        let Content::Map(style, fields) = &map.content else { return Err(Refusal::Unusual) };
        let manner = self.manner(fields.last().or(around));
        if *style == StructureStyle::Flow {
            let entry = manner.entry(names, value);
            let last = fields.last().map(|field| (field.key.start, field.spot.range.end));
            return Ok(self.add_to_flow(map, last, &entry));
        }
        let (Some(first), Some(last)) = (fields.first(), fields.last()) else {
            return Err(Refusal::Unusual);
        };
        let indent = self.column(first.key.start);
        let lines = manner.lines(names, value, indent);
        let mut certain = fields.iter().rev().filter(|field| !ends_in_block(&field.spot));
        if let Some(field) = certain.next() {
            let is_last = field.key == last.key;
            return self.behind_line(field.spot.range.end, &lines, is_last.then_some(indent));
        }
        let text = format!("{}{}{:indent$}", lines.trim_start(), manner.line_end, "");
        Ok(vec![(first.key.start, 0, text)])
    }

    /// Adds a text to a list.
    fn append(
        &self,
        whole: &Spot,
        around: Option<&Field>,
        style: StructureStyle,
        items: &[Spot],
        text: &str,
    ) -> Result<Inserts, Refusal> {
        let text = self.manner(around).scalar(text);
        let last = items.last().map(|item| (item.range.start, item.range.end));
        if style == StructureStyle::Flow {
            return Ok(self.add_to_flow(whole, last, &text));
        }
        let (start, end) = last.ok_or(Refusal::Unusual)?;
        let dash = self.text[..start].rfind('-').ok_or(Refusal::Unusual)?;
        let indent = self.column(dash);
        self.behind_line(end, &format!("{:indent$}- {text}", ""), Some(indent))
    }

    /// Adds an entry before a closing bracket: in a line of its own where the last one has one.
    fn add_to_flow(&self, whole: &Spot, last: Option<(usize, usize)>, entry: &str) -> Inserts {
        let close = whole.range.end - 1;
        let Some((start, end)) = last else {
            let open = whole.range.start + 1;
            let blank = if self.text[open..close].starts_with(' ') { " " } else { "" };
            return vec![(open, 0, format!("{blank}{entry}"))];
        };
        let has_comma = self.text[end..close].trim_start().starts_with(',');
        let comma = if has_comma { "" } else { "," };
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let indent = &self.text[line..start];
        let next = self.text[end..close].find('\n').map(|at| end + at + 1);
        match next.filter(|_| indent.trim().is_empty() && line > whole.range.start) {
            Some(next) => {
                let line_end = self.manner(None).line_end;
                vec![(end, 0, comma.to_owned()), (next, 0, format!("{indent}{entry}{line_end}"))]
            }
            None if has_comma => {
                let behind = self.text[end..].find(',').map_or(end, |at| end + at + 1);
                vec![(behind, 0, format!(" {entry}"))]
            }
            None => vec![(end, 0, format!(", {entry}"))],
        }
    }

    /// Adds lines behind the one that holds a place, and behind the comments that follow and are indented
    /// as deep as the map or list that ends there.
    fn behind_line(
        &self,
        at: usize,
        lines: &str,
        indent: Option<usize>,
    ) -> Result<Inserts, Refusal> {
        let rest = &self.text[at..];
        let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let left = rest[..end].trim();
        if !(left.is_empty() || left.starts_with('#')) {
            return Err(Refusal::Unusual);
        }
        let end = end + indent.map_or(0, |indent| comments(&rest[end..], indent));
        let line_end = self.manner(None).line_end;
        let text = match rest[..end].ends_with('\n') {
            true => format!("{lines}{line_end}"),
            false => format!("{line_end}{lines}"),
        };
        Ok(vec![(at + end, 0, text)])
    }

    fn column(&self, at: usize) -> usize {
        let line = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        self.text[line..at].chars().count()
    }
}

/// The length of the comments that a text begins with, each in a line and indented as deep as this.
pub(super) fn comments(text: &str, indent: usize) -> usize {
    let is_comment = |line: &&str| {
        let comment = line.trim_start_matches(' ');
        comment.starts_with('#') && line.len() - comment.len() >= indent
    };
    text.split_inclusive('\n').take_while(is_comment).map(str::len).sum()
}

fn written(edit: Edit) -> Written<'static> {
    match edit {
        Edit::Set(text) => Written::Scalar(text),
        Edit::Include(text) => Written::ListOf(text),
    }
}

/// Whether the last line of a value is that of a block scalar, whose end is not certain.
fn ends_in_block(spot: &Spot) -> bool {
    match &spot.content {
        Content::Block => true,
        Content::List(StructureStyle::Block, items) => items.last().is_some_and(ends_in_block),
        Content::Map(StructureStyle::Block, fields) => {
            fields.last().is_some_and(|field| ends_in_block(&field.spot))
        }
        _ => false,
    }
}

/// What a text stands for, if it is one document.
fn value(text: &str) -> Option<Value> {
    let mut found = values(text);
    match found.len() {
        1 => found.pop()?,
        _ => None,
    }
}

/// The value that a scalar stands for.
fn meant(text: &'static str) -> Option<Value> {
    scalar::resolve(text.into()).map(|value| Value::from(&value))
}

/// Whether a value is this one, or a list that holds it.
fn has(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| has(item, wanted)),
        Value::String(text) => text == wanted,
        Value::Bool(is_set) => wanted == if *is_set { "true" } else { "false" },
        _ => false,
    }
}

/// Changes a value as an edit says; tells whether that is a change. `None` where the path leads through
/// what is no map.
fn put(root: &mut Value, pointer: &str, edit: Edit) -> Option<bool> {
    let mut here = root;
    for name in pointer.split('/').skip(1) {
        if here.is_null() {
            *here = Value::Object(Map::new());
        }
        here = match here {
            Value::Object(fields) => fields.entry(name).or_insert(Value::Null),
            Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    let wanted = match edit {
        Edit::Set(text) => meant(text)?,
        Edit::Include(text) => {
            let mut items = match here {
                Value::Null => Vec::new(),
                Value::Array(items) => items.clone(),
                _ => return None,
            };
            let text = Value::from(text);
            if !items.contains(&text) {
                items.push(text);
            }
            Value::Array(items)
        }
    };
    let is_changed = *here != wanted;
    *here = wanted;
    Some(is_changed)
}
