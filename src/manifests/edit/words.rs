//! The texts that are put into a document.

use std::fmt::Write;

/// A value as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written<'a> {
    /// A scalar, as YAML writes it.
    Scalar(&'a str),
    /// A list of one text.
    ListOf(&'a str),
}

/// How a place is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner<'a> {
    /// Whether names and texts have quotes, as in JSON.
    pub(super) is_quoted: bool,
    /// What ends a line.
    pub(super) line_end: &'a str,
}

impl Manner<'_> {
    /// A value in one line.
    pub(super) fn value(self, value: Written<'_>) -> String {
        match value {
            Written::Scalar(text) => self.scalar(text),
            Written::ListOf(text) => format!("[{}]", self.scalar(text)),
        }
    }

    /// A scalar: of what has quotes elsewhere, only texts have them.
    pub(super) fn scalar(self, text: &str) -> String {
        let is_text = !matches!(text, "true" | "false") && text.parse::<f64>().is_err();
        if self.is_quoted && is_text { format!("\"{text}\"") } else { text.to_owned() }
    }

    fn name(self, name: &str) -> String {
        if self.is_quoted { format!("\"{name}\"") } else { name.to_owned() }
    }

    /// Fields within each other, in one line.
    pub(super) fn entry(self, names: &[&str], value: Written<'_>) -> String {
        match names {
            [] => self.value(value),
            [name] => format!("{}: {}", self.name(name), self.value(value)),
            [name, rest @ ..] => format!("{}: {{{}}}", self.name(name), self.entry(rest, value)),
        }
    }

    /// Fields within each other, each in a line of its own; the last line is not ended.
    pub(super) fn lines(self, names: &[&str], value: Written<'_>, indent: usize) -> String {
        let mut text = String::new();
        for (depth, name) in names.iter().enumerate() {
            if depth > 0 {
                text.push_str(self.line_end);
            }
            let indent = indent + 2 * depth;
            // A String takes whatever is written.
            let _ = write!(text, "{:indent$}{}:", "", self.name(name));
        }
        text.push(' ');
        text.push_str(&self.value(value));
        text
    }
}
