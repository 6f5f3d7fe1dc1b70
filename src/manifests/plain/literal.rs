//! Texts of many lines, behind `|` and `>`.

use super::{
    super::{Position, node::Value},
    Reader,
};

/// A line of such a text, without its indentation.
struct Line<'text> {
    text: &'text str,
    /// Where the next one begins.
    next: usize,
}

impl<'text> Reader<'text> {
    /// Reads the text whose header begins here, inside of what is indented so.
    pub(super) fn literal(&mut self, at: usize, end: usize, parent: usize) -> Option<Value<'text>> {
        let is_folded = self.bytes[at] == b'>';
        let chomping = self.bytes[at + 1..end].first().filter(|byte| b"+-".contains(byte));
        self.ends(at + 1 + usize::from(chomping.is_some()), end)?;
        let (mut begin, mut number) = (end + 1, self.line.number + 1);
        let indent = self.literal_indent(begin, parent)?;
        let mut text = String::new();
        let (mut is_first, mut blanks) = (true, 0);
        while let Some(line) = self.literal_line(begin, indent)? {
            (begin, number) = (line.next, number + 1);
            if line.text.is_empty() {
                blanks += 1;
                continue;
            }
            match is_folded {
                false if !is_first => text.push('\n'),
                true if !is_first && blanks == 0 => text.push(' '),
                _ => {}
            }
            if is_folded && line.text.starts_with([' ', '\t']) {
                return None;
            }
            text.extend(std::iter::repeat_n('\n', blanks));
            text.push_str(line.text);
            (is_first, blanks) = (false, 0);
        }
        match chomping {
            Some(b'-') => {}
            Some(_) => text.extend(std::iter::repeat_n('\n', 1 + blanks)),
            None => text.push('\n'),
        }
        self.advance(begin, number);
        Some(Value::Text(text.into()))
    }

    /// Where a text stands whose first line begins here and is not blank.
    pub(super) fn literal_position(&self, begin: usize) -> Option<Position> {
        let at = self.skip_spaces(begin.min(self.bytes.len()), self.bytes.len());
        let column = (at - begin.min(at) + 1) as u32;
        (*self.bytes.get(at)? != b'\n').then_some(Position { line: self.line.number + 1, column })
    }

    /// How far the first line is indented that is not blank.
    fn literal_indent(&self, mut begin: usize, parent: usize) -> Option<usize> {
        let mut most = 0;
        loop {
            let at = self.skip_spaces(begin.min(self.bytes.len()), self.bytes.len());
            let indent = at.checked_sub(begin)?;
            match self.bytes.get(at)? {
                b'\n' => most = most.max(indent),
                b'\t' => return None,
                _ => return (indent > parent && most <= indent).then_some(indent),
            }
            begin = at + 1;
        }
    }

    /// The line that begins here; within, `None` for one that the text does not reach.
    #[expect(clippy::option_option, reason = "what is unusual is not the end")]
    fn literal_line(&self, begin: usize, indent: usize) -> Option<Option<Line<'text>>> {
        if begin >= self.bytes.len() {
            return Some(None);
        }
        let limit = (begin + indent).min(self.bytes.len());
        let at = self.skip_spaces(begin, limit);
        if *self.bytes.get(at)? == b'\n' {
            return Some(Some(Line { text: "", next: at + 1 }));
        }
        if at < begin + indent {
            return Some(None);
        }
        let end = self.end_from(at);
        let text = &self.text[at..end];
        let is_blank = text.trim_matches([' ', '\t']).is_empty();
        (end < self.bytes.len() && !is_blank).then_some(Some(Line { text, next: end + 1 }))
    }
}
