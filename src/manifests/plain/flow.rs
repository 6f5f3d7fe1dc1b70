//! Lists and maps in brackets that end in the line where they begin.

use std::borrow::Cow;

use super::{
    super::{
        node::{self, Field, Node, Value},
        scalar, tree,
    },
    Reader,
};

impl<'text> Reader<'text> {
    /// The list or map in brackets that begins here, and the offset behind it.
    pub(super) fn flow(&mut self, at: usize, end: usize) -> Option<(Value<'text>, usize)> {
        self.descend()?;
        let read = match self.bytes[at] {
            b'[' => self.flow_list(at + 1, end)?,
            _ => self.flow_map(at + 1, end)?,
        };
        self.depth -= 1;
        Some(read)
    }

    fn flow_list(&mut self, at: usize, end: usize) -> Option<(Value<'text>, usize)> {
        let mut nodes = Vec::new();
        let mut at = self.skip_spaces(at, end);
        if self.bytes[at..end].first()? == &b']' {
            return Some((Value::List(nodes), at + 1));
        }
        loop {
            let position = self.position(at);
            let (value, behind) = self.flow_value(at, end)?;
            nodes.push(Node { position, value });
            let (closing, behind) = self.separator(behind, end)?;
            match closing {
                b',' => at = behind,
                b']' => return Some((Value::List(nodes), behind)),
                _ => return None,
            }
        }
    }

    fn flow_map(&mut self, at: usize, end: usize) -> Option<(Value<'text>, usize)> {
        let mut fields = Vec::new();
        let mut at = self.skip_spaces(at, end);
        if self.bytes[at..end].first()? == &b'}' {
            return Some((Value::Map(fields), at + 1));
        }
        loop {
            let position = self.position(at);
            let (name, behind) = self.flow_key(at, end)?;
            let (value, behind) = self.flow_value(self.skip_spaces(behind, end), end)?;
            fields.push(Field::new(name, Node { position, value }));
            let (closing, behind) = self.separator(behind, end)?;
            match closing {
                b',' => at = behind,
                b'}' => return Some((node::map(fields), behind)),
                _ => return None,
            }
        }
    }

    /// A name and its colon; behind one without quotes there has to be a space.
    fn flow_key(&self, at: usize, end: usize) -> Option<(Cow<'text, str>, usize)> {
        let (name, colon) = match self.bytes[at..end].first()? {
            b'"' | b'\'' => self.quoted(at, end)?,
            _ => {
                let text = self.flow_word(at, end)?;
                (tree::name(scalar::resolve(text.into())?).ok()?, at + text.len())
            }
        };
        let is_key = self.bytes[colon..end].starts_with(b": ");
        is_key.then_some((name, colon + 2))
    }

    fn flow_value(&mut self, at: usize, end: usize) -> Option<(Value<'text>, usize)> {
        match self.bytes[at..end].first()? {
            b'[' | b'{' => self.flow(at, end),
            b'"' | b'\'' => {
                let (text, behind) = self.quoted(at, end)?;
                Some((Value::Text(text), behind))
            }
            _ => {
                let text = self.flow_word(at, end)?;
                Some((scalar::resolve(text.into())?, at + text.len()))
            }
        }
    }

    /// A word that no parser takes for anything else.
    fn flow_word(&self, at: usize, end: usize) -> Option<&'text str> {
        let bytes = &self.bytes[at..end];
        let of_word = |index: usize| match bytes[index] {
            b':' => bytes.get(index + 1).is_some_and(u8::is_ascii_alphanumeric),
            b'_' | b'-' | b'.' | b'/' | b'=' | b'$' | b'%' | b'+' | b'(' | b')' => true,
            byte => byte.is_ascii_alphanumeric(),
        };
        let length = (0..bytes.len()).take_while(|index| of_word(*index)).count();
        let text = &self.text[at..at + length];
        let is_odd = text == "-" || text.starts_with(['%', ':']);
        (!text.is_empty() && !is_odd).then_some(text)
    }

    /// The comma or bracket that comes next, and the offset of what follows.
    fn separator(&self, at: usize, end: usize) -> Option<(u8, usize)> {
        let at = self.skip_spaces(at, end);
        let mark = *self.bytes[at..end].first()?;
        Some((mark, if mark == b',' { self.skip_spaces(at + 1, end) } else { at + 1 }))
    }
}
