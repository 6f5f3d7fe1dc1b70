//! Reads the literals of an expression.

use super::ast::Literal;

/// What is wrong with an escape that there is not.
pub(super) const UNABLE: &str = "unable to unescape string";

pub(super) fn int(text: &str, is_negative: bool) -> Result<Literal, &'static str> {
    let (digits, radix) = digits(text);
    let sign = if is_negative { "-" } else { "" };
    let number = i64::from_str_radix(&format!("{sign}{digits}"), radix);
    number.map(Literal::Int).map_err(|_| "invalid int literal")
}

pub(super) fn uint(text: &str) -> Result<Literal, &'static str> {
    let (digits, radix) = digits(text.trim_end_matches(['u', 'U']));
    u64::from_str_radix(digits, radix).map(Literal::Uint).map_err(|_| "invalid uint literal")
}

pub(super) fn double(text: &str, is_negative: bool) -> Result<Literal, &'static str> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.ok_or("invalid double literal")?;
    Ok(Literal::Double(if is_negative { -number } else { number }))
}

fn digits(text: &str) -> (&str, u32) {
    text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16))
}

pub(super) fn string(text: &str) -> Result<Literal, &'static str> {
    let bytes = unquote(text, false)?;
    String::from_utf8(bytes).map(Literal::String).map_err(|_| UNABLE)
}

pub(super) fn bytes(text: &str) -> Result<Literal, &'static str> {
    unquote(text.get(1..).unwrap_or_default(), true).map(Literal::Bytes)
}

fn unquote(text: &str, is_bytes: bool) -> Result<Vec<u8>, &'static str> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let unprefixed = text.strip_prefix(['r', 'R']);
    let (body, is_raw) = (unprefixed.unwrap_or(&text), unprefixed.is_some());
    let is_triple = body.len() >= 6 && (body.starts_with("'''") || body.starts_with("\"\"\""));
    let width = if is_triple { 3 } else { 1 };
    let mut rest = body.get(width..body.len() - width).ok_or(UNABLE)?;
    if is_raw {
        return Ok(rest.as_bytes().to_vec());
    }
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some(escape) = rest.find('\\') {
        let (plain, escaped) = rest.split_at(escape);
        bytes.extend_from_slice(plain.as_bytes());
        rest = unescape(escaped.get(1..).ok_or(UNABLE)?, is_bytes, &mut bytes)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// Reads what follows a backslash; gives back what is left.
fn unescape<'t>(
    text: &'t str,
    is_bytes: bool,
    bytes: &mut Vec<u8>,
) -> Result<&'t str, &'static str> {
    let first = text.chars().next().ok_or(UNABLE)?;
    if let Some(byte) = simple_escape(first) {
        bytes.push(byte);
        return text.get(1..).ok_or(UNABLE);
    }
    let (start, length, radix) = match first {
        'x' | 'X' => (1, 2, 16),
        'u' if !is_bytes => (1, 4, 16),
        'U' if !is_bytes => (1, 8, 16),
        '0'..='3' => (0, 3, 8),
        _ => return Err(UNABLE),
    };
    let digits = text.get(start..start + length).ok_or(UNABLE)?;
    let is_number = digits.chars().all(|digit| digit.is_digit(radix));
    let code = u32::from_str_radix(digits, radix).ok().filter(|_| is_number).ok_or(UNABLE)?;
    match (is_bytes, u8::try_from(code), char::from_u32(code)) {
        (true, Ok(byte), _) => bytes.push(byte),
        (false, _, Some(character)) => {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        _ => return Err("invalid unicode code point"),
    }
    text.get(start + length..).ok_or(UNABLE)
}

fn simple_escape(character: char) -> Option<u8> {
    Some(match character {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        '\'' => b'\'',
        '"' => b'"',
        '`' => b'`',
        '?' => b'?',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_as_in_cel() {
        assert_eq!(string(r"'\x41\101\u00e9\n'"), Ok(Literal::String("AAé\n".into())));
        assert_eq!(string(r"r'\d'"), Ok(Literal::String(r"\d".into())));
        assert_eq!(string("'''a'b\r\n'''"), Ok(Literal::String("a'b\n".into())));
        assert_eq!(bytes(r"b'\xff\303é'"), Ok(Literal::Bytes(vec![255, 195, 195, 169])));
        assert!(string(r"'\q'").is_err());
        assert!(string(r"'\ud800'").is_err());
        assert!(bytes(r"b'\u00e9'").is_err());
    }

    #[test]
    fn numbers_have_limits() {
        assert_eq!(int("9223372036854775808", true), Ok(Literal::Int(i64::MIN)));
        assert!(int("9223372036854775808", false).is_err());
        assert_eq!(int("0xff", true), Ok(Literal::Int(-255)));
        assert_eq!(uint("0xFFu"), Ok(Literal::Uint(255)));
        assert!(double("1e999", false).is_err());
    }
}
