//! Reads JSON. What is no JSON may still be YAML: here `None` means no more than that.

use std::borrow::Cow;

use memchr::memchr2;

use super::{
    MAX_DEPTH, Position,
    node::{self, Field, Node, Value},
    scalar,
};

/// Reads documents, one after the other.
pub(super) struct Reader<'text> {
    text: &'text str,
    bytes: &'text [u8],
    at: usize,
    line: u32,
    /// Where the line begins, with so many bytes more, for characters of several bytes count once.
    begin: usize,
    depth: usize,
}

impl<'text> Reader<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, line: 1, begin: 0, depth: 0 }
    }

    /// Whether the next document looks like JSON.
    pub(super) fn has_next(&mut self) -> bool {
        self.skip_blanks();
        self.bytes.get(self.at) == Some(&b'{')
    }

    /// Reads a document, and says how it is written. After `None` the rest is still there.
    pub(super) fn next_document(&mut self) -> Option<(Node<'text>, &'text str)> {
        let (at, line, begin) = (self.at, self.line, self.begin);
        self.depth = 0;
        let read = self.node();
        if read.is_none() {
            (self.at, self.line, self.begin) = (at, line, begin);
        }
        read.map(|node| (node, &self.text[at..self.at]))
    }

    /// The line of what is read next.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// What has not been read, and where it begins.
    pub(super) fn rest(&self) -> (&'text str, Position) {
        (&self.text[self.at..], self.position())
    }

    fn position(&self) -> Position {
        Position { line: self.line, column: (self.at - self.begin + 1) as u32 }
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' => {}
                b'\r' if self.bytes.get(self.at + 1) == Some(&b'\n') => {}
                b'\n' => {
                    self.line += 1;
                    self.begin = self.at + 1;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.bytes.get(self.at) == Some(&byte)).then(|| self.at += 1)
    }

    fn node(&mut self) -> Option<Node<'text>> {
        let position = self.position();
        let value = match self.bytes.get(self.at)? {
            b'{' => self.nested(Self::map)?,
            b'[' => self.nested(Self::list)?,
            b'"' => Value::Text(self.string()?),
            b'-' | b'0'..=b'9' => self.number()?,
            _ => self.word()?,
        };
        Some(Node { position, value })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Value<'text>>) -> Option<Value<'text>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.at += 1;
        self.skip_blanks();
        let value = read(self)?;
        self.depth -= 1;
        Some(value)
    }

    fn map(&mut self) -> Option<Value<'text>> {
        let mut fields = Vec::new();
        if self.take(b'}').is_some() {
            return Some(Value::Map(fields));
        }
        loop {
            let position = self.position();
            let name = self.string()?;
            self.skip_blanks();
            self.take(b':')?;
            self.skip_blanks();
            let node = self.node()?;
            fields.push(Field::new(name, Node { position, ..node }));
            if self.closes(b'}')? {
                return Some(node::map(fields));
            }
        }
    }

    fn list(&mut self) -> Option<Value<'text>> {
        let mut nodes = Vec::new();
        if self.take(b']').is_some() {
            return Some(Value::List(nodes));
        }
        loop {
            nodes.push(self.node()?);
            if self.closes(b']')? {
                return Some(Value::List(nodes));
            }
        }
    }

    /// Whether a map or a list ends here, or goes on behind a comma.
    fn closes(&mut self, bracket: u8) -> Option<bool> {
        self.skip_blanks();
        if self.take(bracket).is_some() {
            return Some(true);
        }
        self.take(b',')?;
        self.skip_blanks();
        Some(false)
    }

    fn string(&mut self) -> Option<Cow<'text, str>> {
        self.take(b'"')?;
        let begin = self.at;
        let mut is_escaped = false;
        loop {
            self.at += memchr2(b'"', b'\\', &self.bytes[self.at..])?;
            if self.bytes[self.at] == b'"' {
                break;
            }
            is_escaped = true;
            self.at += 2;
            self.bytes.get(self.at)?;
        }
        let raw = &self.text[begin..self.at];
        self.at += 1;
        let is_odd = |found: bool, byte: u8| found | !(0x20..0x7f).contains(&byte);
        if !raw.bytes().fold(false, is_odd) && !is_escaped {
            return Some(raw.into());
        }
        self.begin += raw.bytes().filter(|byte| byte & 0xc0 == 0x80).count();
        if is_escaped {
            return serde_json::from_str::<String>(&self.text[begin - 1..self.at])
                .ok()
                .map(Cow::Owned);
        }
        (!raw.bytes().any(|byte| byte < 0x20)).then(|| raw.into())
    }

    fn number(&mut self) -> Option<Value<'text>> {
        let of_number = |byte: &&u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        let length = self.bytes[self.at..].iter().take_while(of_number).count();
        let text = &self.text[self.at..self.at + length];
        let is_integer =
            !text.starts_with(['-', '0']) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_integer {
            serde_json::from_str::<serde_json::Number>(text).ok()?;
        }
        self.at += length;
        scalar::resolve(text.into()).filter(|value| matches!(value, Value::Number(_)))
    }

    fn word(&mut self) -> Option<Value<'text>> {
        let words =
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
        let rest = &self.text[self.at..];
        let (word, value) = words.into_iter().find(|(word, _)| rest.starts_with(word))?;
        self.at += word.len();
        Some(value)
    }
}
