//! Where the documents of a YAML text begin and end: by lines, as in kubectl, so that what is wrong with one
//! does not reach the next.

use memchr::memchr;

/// The documents of a text, each with the number of the line where it begins. A text with odd line
/// breaks is not taken apart.
pub(super) struct Documents<'text> {
    rest: &'text str,
    line: u32,
    is_whole: bool,
}

impl<'text> Documents<'text> {
    pub(super) fn new(text: &'text str, line: u32) -> Self {
        let bytes = text.as_bytes();
        let is_odd = |pair: &[u8]| pair[0] == b'\r' && pair[1] != b'\n';
        let is_whole = bytes.windows(2).any(is_odd) || bytes.ends_with(b"\r");
        Self { rest: text, line, is_whole }
    }
}

impl<'text> Iterator for Documents<'text> {
    type Item = (&'text str, u32);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (length, lines) = match self.is_whole {
            true => (self.rest.len(), 0),
            false => first(self.rest.as_bytes()),
        };
        let (document, rest) = self.rest.split_at(length);
        let line = self.line;
        self.rest = rest;
        self.line += lines;
        Some((document, line))
    }
}

/// The length of the first document, and its lines.
fn first(text: &[u8]) -> (usize, u32) {
    let (mut at, mut lines, mut has_begun) = (0, 0, false);
    while at < text.len() {
        let end = memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length + 1);
        let line = &text[at..end];
        if is_marker(line, b"---") {
            if has_begun {
                return (at, lines);
            }
            has_begun = true;
        } else if is_marker(line, b"...") {
            return (end, lines + 1);
        } else if !has_begun {
            let begins = line.iter().find(|byte| !b" \t\r\n".contains(byte));
            has_begun = begins.is_some_and(|first| *first != b'#') && line[0] != b'%';
        }
        (at, lines) = (end, lines + 1);
    }
    (at, lines)
}

fn is_marker(line: &[u8], marker: &[u8]) -> bool {
    let rest = line.strip_prefix(marker);
    rest.is_some_and(|rest| rest.first().is_none_or(|byte| b" \t\r\n".contains(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &str) -> Vec<(&str, u32)> {
        Documents::new(text, 1).collect()
    }

    #[test]
    fn markers_divide_and_belong_to_what_follows() {
        let text = "# a\n---\nb: |\n  ---\n--- # c\n---d\n...\n%YAML 1.2\n---\ne\n";
        let expected = [
            ("# a\n---\nb: |\n  ---\n", 1),
            ("--- # c\n---d\n...\n", 5),
            ("%YAML 1.2\n---\ne\n", 8),
        ];
        assert_eq!(documents(text), expected);
    }

    #[test]
    fn empty_documents_are_documents() {
        assert_eq!(documents("---\n---\n"), [("---\n", 1), ("---\n", 2)]);
        assert_eq!(documents(""), []);
    }

    #[test]
    fn odd_line_breaks_are_left_to_the_parser() {
        assert_eq!(documents("a\r---\n---\nb"), [("a\r---\n---\nb", 1)]);
        assert_eq!(documents("a\r\n---\r\nb"), [("a\r\n", 1), ("---\r\nb", 2)]);
    }
}
