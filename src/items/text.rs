//! Texts from the cluster, made fit to be written and printed.

use std::error::Error;

/// What is shown in the place of what was cut off.
const ELLIPSIS: &str = "…";

/// Replaces control characters and what turns the direction of text; cuts to a number of bytes.
#[must_use]
pub fn clean(text: &str, bytes: usize) -> String {
    // Of nearly all texts nothing has to be looked at twice.
    if text.len() <= bytes && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return text.to_owned();
    }
    let replaced: String = text.chars().map(|c| if is_harmful(c) { ' ' } else { c }).collect();
    cut(&replaced, bytes)
}

/// Cuts a text to at most `bytes` bytes, at a character, and shows that it did.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let room = bytes.saturating_sub(ELLIPSIS.len());
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{}{ELLIPSIS}", &text[..end])
}

/// What an error comes from: the causes above it often say no more than that there is one.
#[must_use]
pub fn root(error: &dyn Error, bytes: usize) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    clean(&deepest.to_string(), bytes)
}

/// C0, C1, and the bidirectional controls that can make a name read as another.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_direction_marks_are_replaced() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\nd", 64), "a [31mb c d");
    }

    #[test]
    fn an_error_is_told_by_its_root() {
        let refused = std::io::Error::other("refused\nby x");
        let above = std::io::Error::other(refused);
        assert_eq!(root(&above, 200), "refused by x");
    }

    #[test]
    fn bytes_are_counted_and_characters_kept_whole() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abc…");
        let emoji = "😀".repeat(10);
        assert_eq!(cut(&emoji, 12), "😀😀…");
        assert!(cut("äöü", 3).len() <= 3);
    }
}
