//! Reads the plain block YAML that manifests are made of, many times faster than a full parser.
//!
//! Whatever is unusual, or wrong, is left to [`super::tree`]: here `None` means no more than that.
//! What is read is the same, place by place; the property tests and a fuzz target hold that.

mod flow;
mod literal;
mod quoted;

use std::borrow::Cow;

use memchr::{memchr, memchr3};

use super::{
    Position,
    node::{self, Field, Node, Value},
    scalar, tree,
};

/// Deeper nesting is left to the parser that knows the limit.
const MAX_DEPTH: usize = 48;
/// Longer keys are left to the parser that knows what a simple key is.
const MAX_KEY: usize = 512;

/// Reads a text that is one document and begins in this line.
pub(super) fn read(text: &str, first_line: u32) -> Option<Node<'_>> {
    if !is_plain(text) {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        is_ascii: text.is_ascii(),
        line: Line { begin: 0, number: first_line, at: 0 },
        depth: 0,
    };
    reader.advance(0, first_line);
    if reader.rest().starts_with(b"---") && reader.indent() == 0 {
        let end = reader.end_of_line();
        reader.ends(reader.line.at + 3, end)?;
        reader.next_line(end);
    }
    if reader.is_end() {
        return None;
    }
    let document = reader.block()?;
    reader.is_end().then_some(document)
}

/// Whether a text holds no character that means something else to some parser.
fn is_plain(text: &str) -> bool {
    let is_odd = |byte: u8| (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte == 0x7f;
    if text.bytes().fold(false, |found, byte| found | is_odd(byte)) {
        return false;
    }
    let is_control = |c| matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}'..='\u{ffff}');
    text.is_ascii() || !text.chars().any(is_control)
}

/// A line that holds something, from a place in it on.
#[derive(Clone, Copy)]
struct Line {
    begin: usize,
    number: u32,
    at: usize,
}

struct Reader<'text> {
    text: &'text str,
    bytes: &'text [u8],
    is_ascii: bool,
    /// Where the next value begins; the end of the text when there is none.
    line: Line,
    depth: usize,
}

impl<'text> Reader<'text> {
    /// Goes to the first line from an offset on that holds more than a comment.
    fn advance(&mut self, mut begin: usize, mut number: u32) {
        loop {
            let blanks = self.bytes[begin..].iter().take_while(|byte| **byte == b' ').count();
            let at = begin + blanks;
            match self.bytes.get(at) {
                Some(b'\n') => begin = at + 1,
                Some(b'#') => begin = (self.end_from(at) + 1).min(self.bytes.len()),
                _ => {
                    self.line = Line { begin, number, at };
                    return;
                }
            }
            number += 1;
        }
    }

    /// Goes on behind a line that ends here.
    fn next_line(&mut self, end: usize) {
        self.advance((end + 1).min(self.bytes.len()), self.line.number + 1);
    }

    fn is_end(&self) -> bool {
        self.line.at >= self.bytes.len()
    }

    fn rest(&self) -> &'text [u8] {
        &self.bytes[self.line.at..]
    }

    fn indent(&self) -> usize {
        self.line.at - self.line.begin
    }

    fn end_from(&self, at: usize) -> usize {
        memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length)
    }

    fn end_of_line(&self) -> usize {
        self.end_from(self.line.at)
    }

    /// The place of a byte of this line.
    fn position(&self, at: usize) -> Position {
        let begin = self.line.begin;
        let columns = match self.is_ascii {
            true => at - begin,
            false => self.text[begin..at].chars().count(),
        };
        Position { line: self.line.number, column: 1 + columns as u32 }
    }

    /// The first byte from here on that is no space.
    fn skip_spaces(&self, at: usize, end: usize) -> usize {
        at + self.bytes[at..end].iter().take_while(|byte| **byte == b' ').count()
    }

    /// Sees to it that nothing follows in a line but a comment.
    fn ends(&self, at: usize, end: usize) -> Option<()> {
        let next = self.skip_spaces(at, end);
        (next == end || (self.bytes[next] == b'#' && next > at)).then_some(())
    }

    /// Whether an item of a list begins here.
    fn is_dash(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b'-')
            && matches!(self.bytes.get(at + 1), None | Some(b' ' | b'\n'))
    }

    /// Reads the list or map that begins here.
    fn block(&mut self) -> Option<Node<'text>> {
        let position = self.position(self.line.at);
        let indent = self.indent();
        let value = match self.is_dash(self.line.at) {
            true => self.list(indent, false)?,
            false => self.map(indent)?,
        };
        Some(Node { position, value })
    }

    fn descend(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth < MAX_DEPTH).then_some(())
    }

    /// Reads a list; one that stands in a field may be indented like the field.
    fn list(&mut self, indent: usize, is_field: bool) -> Option<Value<'text>> {
        self.descend()?;
        let mut nodes = Vec::new();
        loop {
            nodes.push(self.item(indent)?);
            if self.is_end() || self.indent() < indent {
                break;
            }
            if self.indent() > indent {
                return None;
            }
            if !self.is_dash(self.line.at) {
                if is_field {
                    break;
                }
                return None;
            }
        }
        self.depth -= 1;
        Some(Value::List(nodes))
    }

    fn item(&mut self, indent: usize) -> Option<Node<'text>> {
        let end = self.end_of_line();
        let at = self.skip_spaces(self.line.at + 1, end);
        if at == end || self.bytes[at] == b'#' {
            self.next_line(end);
            let is_inside = !self.is_end() && self.indent() > indent;
            return if is_inside { self.block() } else { None };
        }
        if self.is_dash(at) || self.key(at, end).is_some() {
            self.line.at = at;
            return self.block();
        }
        // A text of many lines stands where it begins.
        let is_literal = matches!(self.bytes[at], b'|' | b'>');
        let position = match is_literal {
            true => self.literal_position(end + 1)?,
            false => self.position(at),
        };
        Some(Node { position, value: self.value(at, end, indent)? })
    }

    fn map(&mut self, indent: usize) -> Option<Value<'text>> {
        self.descend()?;
        let mut fields = Vec::new();
        loop {
            let (at, end) = (self.line.at, self.end_of_line());
            let position = self.position(at);
            let (name, behind) = self.key(at, end)?;
            let value = self.field(behind, end, indent)?;
            fields.push(Field::new(name, Node { position, value }));
            if self.is_end() || self.indent() < indent {
                break;
            }
            if self.indent() > indent || self.is_dash(self.line.at) {
                return None;
            }
        }
        self.depth -= 1;
        Some(node::map(fields))
    }

    /// The name that a field begins with here, and the offset behind its colon.
    fn key(&self, at: usize, end: usize) -> Option<(Cow<'text, str>, usize)> {
        let (name, colon) = match self.bytes[at] {
            b'"' | b'\'' => {
                let (text, behind) = self.quoted(at, end)?;
                (text, behind)
            }
            first if is_of_key(first) && first != b'-' => {
                let length =
                    self.bytes[at..end].iter().take_while(|byte| is_of_key(**byte)).count();
                let text = Cow::Borrowed(&self.text[at..at + length]);
                (tree::name(scalar::resolve(text)?).ok()?, at + length)
            }
            _ => return None,
        };
        let is_key = colon < end && self.bytes[colon] == b':' && colon - at < MAX_KEY;
        let behind = colon + 1;
        (is_key && (behind == end || self.bytes[behind] == b' ')).then_some((name, behind))
    }

    /// Reads what a field holds, from behind its colon.
    fn field(&mut self, at: usize, end: usize, indent: usize) -> Option<Value<'text>> {
        let at = self.skip_spaces(at, end);
        if at < end && self.bytes[at] != b'#' {
            return self.value(at, end, indent);
        }
        self.next_line(end);
        if self.is_end() || self.indent() < indent {
            return Some(Value::Null);
        }
        if self.indent() > indent {
            return self.block().map(|node| node.value);
        }
        if self.is_dash(self.line.at) { self.list(indent, true) } else { Some(Value::Null) }
    }

    /// Reads a value that begins in a line, inside of what is indented so.
    fn value(&mut self, at: usize, end: usize, indent: usize) -> Option<Value<'text>> {
        let value = match self.bytes[at] {
            b'|' | b'>' => self.literal(at, end, indent)?,
            first => {
                let (value, behind) = match first {
                    b'"' | b'\'' => {
                        let (text, behind) = self.quoted(at, end)?;
                        (Value::Text(text), behind)
                    }
                    b'[' | b'{' => self.flow(at, end)?,
                    _ => self.plain(at, end)?,
                };
                self.ends(behind, end)?;
                self.next_line(end);
                value
            }
        };
        // What is indented more would go on with the value.
        (self.is_end() || self.indent() <= indent).then_some(value)
    }

    fn plain(&self, at: usize, end: usize) -> Option<(Value<'text>, usize)> {
        let next = self.bytes[at..end].get(1);
        let begins = match self.bytes[at] {
            b'-' => next.is_some_and(|next| *next != b' ' && *next != b'\t'),
            first => is_first(first),
        };
        let mut behind = end;
        let mut from = at;
        while let Some(found) = memchr3(b':', b'#', b'\t', &self.bytes[from..end]) {
            let mark = from + found;
            match self.bytes[mark] {
                b':' if mark + 1 == end || self.bytes[mark + 1] == b' ' => return None,
                b'#' if self.bytes[mark - 1] == b' ' => {
                    behind = mark - 1;
                    break;
                }
                b'\t' => return None,
                _ => from = mark + 1,
            }
        }
        let text = begins.then(|| self.text[at..behind].trim_end_matches(' '))?;
        Some((scalar::resolve(Cow::Borrowed(text))?, at + text.len()))
    }
}

/// What a name without quotes may be made of, here.
fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
}

/// What a value without quotes may begin with, here.
fn is_first(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(
            byte,
            b'_' | b'.'
                | b'/'
                | b'+'
                | b'$'
                | b'('
                | b')'
                | b'~'
                | b'<'
                | b'='
                | b'^'
                | b';'
                | b'\\'
        )
}
