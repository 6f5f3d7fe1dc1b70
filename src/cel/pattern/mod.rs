//! Regular expressions: the syntax of RE2, and a bound on their number and size.

mod translate;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::error::EvaluateError;
use super::functions;
use super::plan::Node;

/// Bytes that one compiled expression may take.
const MAX_SIZE: usize = 10 << 20;
/// How many expressions that are no literals one run may compile.
const MAX_COMPILED: u32 = 1_000;

/// The regular expression with that pattern.
pub(super) fn compile(pattern: &str) -> Result<Regex, EvaluateError> {
    let wrong = |text: &str| EvaluateError::failed(format!("error parsing regexp: {text}"));
    let translated = translate::translate(pattern).map_err(|text| wrong(&text))?;
    let mut builder = RegexBuilder::new(&translated);
    let compiled = builder.size_limit(MAX_SIZE).dfa_size_limit(MAX_SIZE).build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => wrong("expression too large"),
        _ => wrong(&format!("invalid expression: `{pattern}`")),
    })
}

/// The regular expressions that a program names by literals.
#[derive(Debug, Default)]
pub(super) struct Literals {
    compiled: HashMap<String, Regex>,
}

impl Literals {
    pub(super) fn of(node: &Node) -> Self {
        let mut literals = Self::default();
        node.visit(&mut |node| {
            let Node::Call(call) = node else { return };
            let takes_pattern = call
                .candidates
                .iter()
                .any(|declared| matches!(declared.overload.body, functions::Body::Regex(_)));
            let pattern = call.arguments.get(1).and_then(Node::json).and_then(|one| one.as_str());
            if let (true, Some(pattern)) = (takes_pattern, pattern)
                && let Ok(compiled) = compile(pattern)
            {
                literals.compiled.insert(pattern.to_owned(), compiled);
            }
        });
        literals
    }
}

/// The regular expressions of one run.
#[derive(Debug)]
pub(super) struct Patterns<'a> {
    literals: &'a Literals,
    others: RefCell<HashMap<String, Regex>>,
    left: Cell<u32>,
}

impl<'a> Patterns<'a> {
    pub(super) fn new(literals: &'a Literals) -> Self {
        Self { literals, others: RefCell::default(), left: Cell::new(MAX_COMPILED) }
    }

    fn regex(&self, pattern: &str) -> Result<Regex, EvaluateError> {
        if let Some(compiled) = self.literals.compiled.get(pattern) {
            return Ok(compiled.clone());
        }
        if let Some(compiled) = self.others.borrow().get(pattern) {
            return Ok(compiled.clone());
        }
        let left = self.left.get().checked_sub(1).ok_or(EvaluateError::OverBudget)?;
        self.left.set(left);
        let compiled = compile(pattern)?;
        let mut others = self.others.borrow_mut();
        if others.len() >= 16 {
            others.clear();
        }
        others.insert(pattern.to_owned(), compiled.clone());
        Ok(compiled)
    }
}

impl functions::Patterns for Patterns<'_> {
    fn find_all<'t>(
        &self,
        pattern: &str,
        text: &'t str,
        limit: usize,
    ) -> Result<Vec<&'t str>, EvaluateError> {
        let regex = self.regex(pattern)?;
        Ok(regex.find_iter(text).take(limit).map(|found| found.as_str()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(pattern: &str, text: &str) -> Result<bool, String> {
        compile(pattern).map(|regex| regex.is_match(text)).map_err(|error| error.to_string())
    }

    #[test]
    fn classes_know_ascii_only() {
        assert_eq!(finds(r"^\d+$", "٣"), Ok(false));
        assert_eq!(finds(r"^\w$", "é"), Ok(false));
        assert_eq!(finds(r"^[\W]$", "é"), Ok(true));
        assert_eq!(finds(r"^\S\s$", "é\u{a0}"), Ok(false));
        assert_eq!(finds(r"\bé", "aé"), Ok(true));
        assert_eq!(finds(r"^\pL$", "é"), Ok(true));
    }

    #[test]
    fn what_is_special_elsewhere_is_plain_here() {
        assert_eq!(finds(r"^[a&&b]$", "&"), Ok(true));
        assert_eq!(finds(r"^[[]$", "["), Ok(true));
        assert_eq!(finds(r"^[]a]$", "]"), Ok(true));
        assert_eq!(finds(r"^[+--]$", ","), Ok(true));
        assert_eq!(finds(r"^\Qa.b\E$", "a.b"), Ok(true));
        assert_eq!(finds(r"^a{,2}$", "a{,2}"), Ok(true));
        assert_eq!(finds(r"^\<$", "<"), Ok(true));
        assert_eq!(finds(r"^\x41\101\_$", "AA_"), Ok(true));
    }

    #[test]
    fn what_re2_does_not_know_is_refused() {
        let refusal = |pattern| finds(pattern, "").expect_err(pattern);
        for (pattern, text) in [
            ("Pod(", "missing closing ): `Pod(`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("a(?=X)", "invalid or unsupported Perl syntax: `(?=`"),
            (r"(a)\1", r"invalid escape sequence: `\1`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("*a", "missing argument to repetition operator: `*`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
        ] {
            assert_eq!(refusal(pattern), format!("error parsing regexp: {text}"), "{pattern}");
        }
        assert!(finds("((((a{100}){100}){100}){100}){100}", "").is_err());
    }
}
