//! Lines that fit a terminal.

use unicode_width::UnicodeWidthChar;

/// Less than this beside what a line begins with, and the text goes below it.
const LEAST: usize = 24;
/// How far what goes below is indented.
const INDENT: usize = 6;

/// How many columns a text takes, without its colours.
pub(super) fn columns(text: &str) -> usize {
    let mut chars = text.chars();
    let mut columns = 0;
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => drop(chars.find(|c| *c == 'm')),
            c => columns += c.width().unwrap_or_default(),
        }
    }
    columns
}

/// A text with as many blanks behind it as it takes to fill the columns.
pub(super) fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(columns(text));
    format!("{text}{:blanks$}", "")
}

/// A line that begins so, and whose text goes on in lines below where the terminal is too narrow.
/// Words are kept whole: a path or a name is to be copied.
pub(super) fn hang(begin: &str, text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| columns(begin) + columns(text) > *width) else {
        return format!("{begin}{text}");
    };
    let is_beside = columns(begin) + LEAST <= width;
    let indent = if is_beside { columns(begin) } else { INDENT };
    let mut whole = String::from(if is_beside { begin } else { begin.trim_end() });
    let mut used = if is_beside { indent } else { width };
    let mut is_first = is_beside;
    for word in text.split(' ') {
        if is_first {
            is_first = false;
        } else if used + 1 + columns(word) > width {
            whole.push('\n');
            whole.push_str(&" ".repeat(indent));
            used = indent;
        } else {
            whole.push(' ');
            used += 1;
        }
        whole.push_str(word);
        used += columns(word);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_a_terminal() {
        assert_eq!(columns("ä漢\u{1f980}e\u{301}"), 1 + 2 + 2 + 1);
        assert_eq!(columns("\u{1b}[1;31mhigh\u{1b}[0m"), 4);
        assert_eq!(padded("漢", 4), "漢  ");
    }

    #[test]
    fn texts_go_on_below_themselves() {
        let text = "the first words and the others";
        assert_eq!(hang("  12  ", text, None), "  12  the first words and the others");
        assert_eq!(hang("  12  ", text, Some(36)), "  12  the first words and the others");
        let beside = "  12  the first words and the\n      others";
        assert_eq!(hang("  12  ", text, Some(35)), beside);
        let below = "  12  high  some-check\n      the first words\n      and the others";
        assert_eq!(hang("  12  high  some-check  ", text, Some(24)), below);
        let long = "  1  a/path/that/is/longer/than/the/terminal\n     is";
        let hung = hang("  1  ", "a/path/that/is/longer/than/the/terminal is", Some(30));
        assert_eq!(hung, long);
    }
}
