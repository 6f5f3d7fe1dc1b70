//! Plain scalars as kubectl reads them: YAML 1.1, as in `go.yaml.in/yaml/v2`.

use std::borrow::Cow;

use serde_json::Number;

use super::node::Value;

/// What a plain scalar stands for; `None` for infinity and what is no number, which JSON lacks.
pub(super) fn resolve(text: Cow<'_, str>) -> Option<Value<'_>> {
    let may_be_other = match text.as_bytes() {
        [] => true,
        [first, ..] => first.is_ascii_digit() || b"+-.~nNyYtTfFoO".contains(first),
    };
    if !may_be_other {
        return Some(Value::Text(text));
    }
    if let Some(value) = word(&text) {
        return value;
    }
    Some(number(&text).map_or_else(|| Value::Text(text), Value::Number))
}

/// What a word stands for, if it stands for anything; `None` within for infinity and what is no number.
#[expect(clippy::option_option, reason = "what JSON lacks is not what is no word")]
fn word(text: &str) -> Option<Option<Value<'static>>> {
    if text.len() > "false".len() {
        return None;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Some(Value::Null)),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(Some(Value::Bool(true)))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(Some(Value::Bool(false)))
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF"
        | "-.inf" | "-.Inf" | "-.INF" => Some(None),
        _ => None,
    }
}

fn number(text: &str) -> Option<Number> {
    let is_candidate =
        text.starts_with(|first: char| "+-.".contains(first) || first.is_ascii_digit());
    // Most of what begins like a number is none: `100m`, `1.2.3-alpine`, `10.0.0.0/8`.
    let of_number = |byte: u8| byte.is_ascii_hexdigit() || b"+-._xXoO".contains(&byte);
    if !is_candidate || !text.bytes().all(of_number) {
        return None;
    }
    let is_short = text.len() < 10 && !text.starts_with(['0', '+']);
    if is_short && let Ok(size) = text.parse::<u32>() {
        return Some(size.into());
    }
    let plain = text.replace('_', "");
    integer(&plain).or_else(|| float(if text.starts_with('.') { text } else { &plain }))
}

/// Decimal, hexadecimal, binary, and octal in both spellings: `0644` is 420.
fn integer(plain: &str) -> Option<Number> {
    let is_negative = plain.starts_with('-');
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    let (radix, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    if is_negative { 0_i64.checked_sub_unsigned(size).map(Number::from) } else { Some(size.into()) }
}

/// A whole number is written as one, as Go's encoder does.
fn float(plain: &str) -> Option<Number> {
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    if !unsigned.starts_with(|first: char| first == '.' || first.is_ascii_digit()) {
        return None;
    }
    let value: f64 = plain.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "the range was compared before")]
    let whole = (value.fract() == 0.0 && value.abs() < 9.2e18).then(|| Number::from(value as i64));
    whole.or_else(|| Number::from_f64(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_are_read_as_kubectl_reads_them() {
        for (text, value) in [
            ("on", json!(true)),
            ("NO", json!(false)),
            ("nO", json!("nO")),
            ("~", json!(null)),
            ("0644", json!(420)),
            ("0o644", json!(420)),
            ("+0644", json!(420)),
            ("0x1F", json!(31)),
            ("0b101", json!(5)),
            ("08", json!(8)),
            ("1_000", json!(1000)),
            ("+5", json!(5)),
            ("-0x10", json!(-16)),
            ("18446744073709551615", json!(u64::MAX)),
            ("1e3", json!(1000)),
            ("1e16", json!(10_000_000_000_000_000_i64)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("5.", json!(5)),
            ("1e999", json!("1e999")),
            ("1.2.3", json!("1.2.3")),
            ("2027-01-31", json!("2027-01-31")),
            ("500m", json!("500m")),
            ("0x", json!("0x")),
            ("0x-1", json!("0x-1")),
            ("-", json!("-")),
            ("+-5", json!("+-5")),
            ("-inf", json!("-inf")),
            ("12:30:45", json!("12:30:45")),
        ] {
            let read = resolve(text.into()).map(|read| serde_json::Value::from(&read));
            assert_eq!(read, Some(value), "{text}");
        }
        assert_eq!(resolve(".inf".into()), None);
    }
}
