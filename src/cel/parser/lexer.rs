//! Cuts the text of an expression into tokens.

use crate::cel::error::{Issue, Place};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) place: Place,
    pub(super) kind: TokenKind,
    /// As it is written.
    pub(super) text: &'t str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Name,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    /// Operators, brackets, `true`, `false`, `null` and `in`.
    Symbol,
    End,
}

/// Longer ones first.
const SYMBOLS: [&str; 26] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!",
    "?", ":", "+", "*", "/", "%", "in", "null",
];

const WORDS: [&str; 4] = ["in", "true", "false", "null"];

pub(super) struct Lexer<'t> {
    rest: &'t str,
    place: Place,
}

impl<'t> Lexer<'t> {
    /// All tokens; the last is [`TokenKind::End`].
    pub(super) fn tokens(text: &'t str) -> Result<Vec<Token<'t>>, Issue> {
        let mut lexer = Self { rest: text, place: Place { line: 1, column: 1 } };
        let mut tokens = Vec::new();
        loop {
            lexer.skip_blank();
            let token = lexer.token()?;
            let is_end = token.kind == TokenKind::End;
            tokens.push(token);
            if is_end {
                return Ok(tokens);
            }
        }
    }

    fn skip_blank(&mut self) {
        loop {
            let blank = ['\t', ' ', '\r', '\n', '\u{c}'];
            let mut length = self.rest.len() - self.rest.trim_start_matches(blank).len();
            if self.rest.starts_with("//") {
                length = self.rest.find('\n').unwrap_or(self.rest.len());
            }
            match length {
                0 => return,
                length => self.take(length),
            };
        }
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        for character in taken.chars() {
            match character {
                '\n' => self.place = Place { line: self.place.line + 1, column: 1 },
                _ => self.place.column += 1,
            }
        }
        self.rest = rest;
        taken
    }

    fn token(&mut self) -> Result<Token<'t>, Issue> {
        let place = self.place;
        let (kind, length) = self.next()?;
        Ok(Token { place, kind, text: self.take(length) })
    }

    fn next(&self) -> Result<(TokenKind, usize), Issue> {
        let mut characters = self.rest.chars();
        let Some(first) = characters.next() else { return Ok((TokenKind::End, 0)) };
        if let Some(literal) = self.quoted()? {
            return Ok(literal);
        }
        let second = characters.next().unwrap_or(' ');
        if first.is_ascii_digit() || (first == '.' && second.is_ascii_digit()) {
            return Ok(number(self.rest));
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let end = self.rest.find(|next: char| !(next.is_ascii_alphanumeric() || next == '_'));
            let word = self.rest.get(..end.unwrap_or(self.rest.len())).unwrap_or_default();
            let is_word = WORDS.contains(&word);
            return Ok((if is_word { TokenKind::Symbol } else { TokenKind::Name }, word.len()));
        }
        let symbol = SYMBOLS.iter().find(|symbol| self.rest.starts_with(**symbol));
        let symbol = symbol.ok_or_else(|| self.unexpected(first))?;
        Ok((TokenKind::Symbol, symbol.len()))
    }

    /// A text or bytes, whose end must be there.
    fn quoted(&self) -> Result<Option<(TokenKind, usize)>, Issue> {
        let lower = |index: usize| self.rest.as_bytes().get(index).map(u8::to_ascii_lowercase);
        let is_bytes = lower(0) == Some(b'b');
        let is_raw = lower(usize::from(is_bytes)) == Some(b'r');
        let start = usize::from(is_bytes) + usize::from(is_raw);
        let Some(quote @ (b'"' | b'\'')) = lower(start) else { return Ok(None) };
        let body = self.rest.get(start..).unwrap_or_default();
        let length = quoted_length(body, char::from(quote), is_raw);
        let length = length.ok_or_else(|| self.unexpected(char::from(quote)))?;
        let kind = if is_bytes { TokenKind::Bytes } else { TokenKind::String };
        Ok(Some((kind, start + length)))
    }

    fn unexpected(&self, character: char) -> Issue {
        let message = format!("Syntax error: token recognition error at: '{character}'");
        Issue { place: self.place, message }
    }
}

/// The expression with another text in the place of a variable; fields of that name stay.
pub(in crate::cel) fn replace(text: &str, variable: &str, with: &str) -> Result<String, Issue> {
    let mut lexer = Lexer { rest: text, place: Place { line: 1, column: 1 } };
    let mut replaced = String::with_capacity(text.len());
    // The two tokens before.
    let mut before = ["", ""];
    loop {
        let start = lexer.rest;
        lexer.skip_blank();
        replaced.push_str(start.strip_suffix(lexer.rest).unwrap_or_default());
        let Token { kind, text, .. } = lexer.token()?;
        let is_field = before[1] == "." || before == [".", "?"];
        match kind {
            TokenKind::End => return Ok(replaced),
            TokenKind::Name if text == variable && !is_field => replaced.push_str(with),
            _ => replaced.push_str(text),
        }
        before = [before[1], text];
    }
}

/// How long the literal is that begins with that quote; `None` where it never ends.
fn quoted_length(body: &str, quote: char, is_raw: bool) -> Option<usize> {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let is_triple = body.starts_with(&triple) && !body.get(3..)?.is_empty();
    let is_triple = is_triple && body.get(3..)?.contains(&triple);
    let width = if is_triple { 3 } else { 1 };
    let mut escaped = false;
    for (index, character) in body.char_indices().skip(width) {
        let ends = match is_triple {
            true => body.get(index..)?.starts_with(&triple),
            false => character == quote,
        };
        match character {
            _ if escaped => escaped = false,
            '\\' if !is_raw => escaped = true,
            _ if ends => return Some(index + width),
            '\n' | '\r' if !is_triple => return None,
            _ => {}
        }
    }
    None
}

/// A number and its length.
fn number(text: &str) -> (TokenKind, usize) {
    let bytes = text.as_bytes();
    let digits = |from: usize, is_digit: fn(&u8) -> bool| {
        bytes.get(from..).unwrap_or_default().iter().take_while(|byte| is_digit(byte)).count()
    };
    let is_unsigned = |at: usize| matches!(bytes.get(at), Some(b'u' | b'U'));
    if text.starts_with("0x") && digits(2, u8::is_ascii_hexdigit) > 0 {
        let end = 2 + digits(2, u8::is_ascii_hexdigit);
        return if is_unsigned(end) { (TokenKind::Uint, end + 1) } else { (TokenKind::Int, end) };
    }
    let whole = digits(0, u8::is_ascii_digit);
    let mut end = whole;
    if bytes.get(end) == Some(&b'.') && digits(end + 1, u8::is_ascii_digit) > 0 {
        end += 1 + digits(end + 1, u8::is_ascii_digit);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign, u8::is_ascii_digit);
        end += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    match end {
        end if end > whole => (TokenKind::Double, end),
        end if is_unsigned(end) => (TokenKind::Uint, end + 1),
        end => (TokenKind::Int, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let tokens = Lexer::tokens(text).expect("tokens");
        tokens.iter().map(|token| (token.kind, token.text)).collect()
    }

    #[test]
    fn numbers_have_their_kinds() {
        use TokenKind::{Double, End, Int, Symbol, Uint};
        assert_eq!(
            kinds("0x1F 2u 0xAu 1.5 .5e3 1e-2 1.a"),
            [
                (Int, "0x1F"),
                (Uint, "2u"),
                (Uint, "0xAu"),
                (Double, "1.5"),
                (Double, ".5e3"),
                (Double, "1e-2"),
                (Int, "1"),
                (Symbol, "."),
                (TokenKind::Name, "a"),
                (End, "")
            ]
        );
    }

    #[test]
    fn texts_end_where_their_quotes_do() {
        use TokenKind::{Bytes, End, String};
        let text = r#"'a\'b' r'\' b"x" '''a'b''' "" "#;
        let expected =
            [(String, r"'a\'b'"), (String, r"r'\'"), (Bytes, r#"b"x""#), (String, "'''a'b'''")];
        assert_eq!(kinds(text), [&expected[..], &[(String, "\"\""), (End, "")]].concat());
        assert!(Lexer::tokens("'abc").is_err());
        assert!(Lexer::tokens("'a\nb'").is_err());
    }

    #[test]
    fn a_variable_is_replaced_and_a_field_is_not() {
        let text =
            "a.params + a.?params ? [?params.x] : {'params': params} // params\n- params.params";
        let expected = "a.params + a.?params ? [?v.p.x] : {'params': v.p} // params\n- v.p.params";
        assert_eq!(replace(text, "params", "v.p").as_deref(), Ok(expected));
    }

    #[test]
    fn places_count_lines_and_code_points() {
        let tokens = Lexer::tokens("'é' +\n  // words\n x").expect("tokens");
        let places: Vec<_> =
            tokens.iter().map(|token| (token.place.line, token.place.column)).collect();
        assert_eq!(places, [(1, 1), (1, 5), (3, 2), (3, 3)]);
    }
}
