//! Where the fields of an object stand, kept small: objects that are laid out alike share it.

use std::{collections::HashSet, sync::Arc};

use super::{
    Position,
    node::{Node, Value},
};

/// The places of an object and of all that is in it, relative to its own line. Of a name only a hash is
/// kept: it is looked up, never told.
pub(super) type Layout = Arc<[u8]>;

/// The layouts that are known.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    known: HashSet<Layout>,
    buffer: Vec<u8>,
}

impl Layouts {
    /// The layout of an object, shared with those that have the same.
    pub(super) fn of(&mut self, node: &Node<'_>) -> Layout {
        self.buffer.clear();
        write(node, &mut node.position.line.clone(), &mut self.buffer);
        if let Some(known) = self.known.get(self.buffer.as_slice()) {
            return Arc::clone(known);
        }
        let layout = Layout::from(self.buffer.as_slice());
        self.known.insert(Arc::clone(&layout));
        layout
    }
}

fn write(node: &Node<'_>, line: &mut u32, out: &mut Vec<u8>) {
    let Position { line: here, column } = node.position;
    // Aliases lead back.
    let step = i64::from(here) - i64::from(*line);
    *line = here;
    write_number(((step << 1) ^ (step >> 63)).cast_unsigned(), out);
    write_number(column.into(), out);
    match &node.value {
        Value::List(nodes) => {
            write_number((nodes.len() as u64) << 2 | 1, out);
            nodes.iter().for_each(|node| write(node, line, out));
        }
        Value::Map(_) => {
            let fields = node.value.fields();
            write_number((fields.count() as u64) << 2 | 2, out);
            for field in node.value.fields() {
                out.extend(hash(&field.name).to_le_bytes());
                write(&field.node, line, out);
            }
        }
        _ => out.push(0),
    }
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// FNV-1a.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The place at the end of a path, or of the last step that is there, in an object that begins in
/// this line.
pub(super) fn position<'step>(
    layout: &Layout,
    line: u32,
    mut steps: impl Iterator<Item = &'step str>,
) -> Position {
    let mut cursor = Cursor { rest: layout, line };
    let mut found = Position { line, column: 1 };
    let mut node = cursor.node();
    while let Some((position, content)) = node {
        found = position;
        let Some(step) = steps.next() else { break };
        node = cursor.enter(content, step);
    }
    found
}

/// What is below a place.
#[derive(Clone, Copy)]
enum Content {
    Nothing,
    Items(u64),
    Fields(u64),
}

struct Cursor<'layout> {
    rest: &'layout [u8],
    line: u32,
}

impl Cursor<'_> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }

    fn node(&mut self) -> Option<(Position, Content)> {
        let step = self.number()?;
        let step = (step >> 1).cast_signed() ^ -((step & 1).cast_signed());
        self.line = self.line.wrapping_add_signed(i32::try_from(step).ok()?);
        let column = self.number()? as u32;
        let head = self.number()?;
        let content = match head & 3 {
            1 => Content::Items(head >> 2),
            2 => Content::Fields(head >> 2),
            _ => Content::Nothing,
        };
        Some((Position { line: self.line, column }, content))
    }

    /// Goes to what is below by one step of a path.
    fn enter(&mut self, content: Content, step: &str) -> Option<(Position, Content)> {
        match content {
            Content::Nothing => None,
            Content::Items(count) => {
                let index = step.parse::<u64>().ok().filter(|index| *index < count)?;
                (0..index).try_for_each(|_| self.skip())?;
                self.node()
            }
            Content::Fields(count) => {
                let wanted = hash(step).to_le_bytes();
                for _ in 0..count {
                    let (name, rest) = self.rest.split_first_chunk::<4>()?;
                    self.rest = rest;
                    if *name == wanted {
                        return self.node();
                    }
                    self.skip()?;
                }
                None
            }
        }
    }

    fn skip(&mut self) -> Option<()> {
        match self.node()? {
            (_, Content::Nothing) => Some(()),
            (_, Content::Items(count)) => (0..count).try_for_each(|_| self.skip()),
            (_, Content::Fields(count)) => (0..count).try_for_each(|_| {
                self.rest = self.rest.get(4..)?;
                self.skip()
            }),
        }
    }
}
