//! Texts in quotes that end in the line where they begin.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::Reader;

impl<'text> Reader<'text> {
    /// The text in quotes that begins here, and the offset behind it.
    pub(super) fn quoted(&self, at: usize, end: usize) -> Option<(Cow<'text, str>, usize)> {
        match self.bytes[at] {
            b'"' => self.double(at + 1, end),
            _ => self.single(at + 1, end),
        }
    }

    fn single(&self, begin: usize, end: usize) -> Option<(Cow<'text, str>, usize)> {
        let mut at = begin;
        loop {
            let quote = at + memchr(b'\'', &self.bytes[at..end])?;
            if self.bytes[..end].get(quote + 1) != Some(&b'\'') {
                let text = &self.text[begin..quote];
                let is_doubled = at > begin;
                let text = if is_doubled { text.replace("''", "'").into() } else { text.into() };
                return Some((text, quote + 1));
            }
            at = quote + 2;
        }
    }

    fn double(&self, begin: usize, end: usize) -> Option<(Cow<'text, str>, usize)> {
        let mut owned = String::new();
        let mut at = begin;
        loop {
            let mark = at + memchr2(b'"', b'\\', &self.bytes[at..end])?;
            let piece = &self.text[at..mark];
            if self.bytes[mark] == b'"' {
                let text = if at == begin { piece.into() } else { (owned + piece).into() };
                return Some((text, mark + 1));
            }
            owned.push_str(piece);
            owned.push(match self.bytes[..end].get(mark + 1)? {
                escaped @ (b'"' | b'\\' | b'/') => char::from(*escaped),
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                _ => return None,
            });
            at = mark + 2;
        }
    }
}
