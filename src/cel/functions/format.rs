//! Texts with placeholders: `'%s is %d'.format(['one', 1])`.

use std::fmt::Write as _;

use super::Overload;
use crate::cel::cost::Cost;
use crate::cel::error::EvaluateError;
use crate::cel::limits;
use crate::cel::types::Type;
use crate::cel::value::{Outcome, Value, shortest};

pub(super) const OVERLOADS: &[Overload] =
    &[Overload::member("format", "string_format", "string, list(dyn) -> string", format)
        .cost(Cost::Reading(1))];

/// Digits behind the point where nothing is said.
const PRECISION: usize = 6;
/// More than any number has.
const MAX_PRECISION: usize = 10_000;

/// A part of a format.
enum Part<'t> {
    Text(&'t str),
    Clause { verb: char, precision: Option<usize> },
}

fn format<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text, list] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let (text, mut items) = (text.as_text()?, list.as_list()?.iter());
    let mut formatted = String::new();
    let mut index = 0;
    for part in parts(text) {
        match part.map_err(EvaluateError::failed)? {
            Part::Text(text) => formatted.push_str(text),
            Part::Clause { verb, precision } => {
                let missing = || EvaluateError::failed(format!("index {index} out of range"));
                let item = items.next().ok_or_else(missing)?;
                index += 1;
                if precision.is_some_and(|precision| precision > MAX_PRECISION) {
                    return Err(EvaluateError::OverBudget);
                }
                formatted.push_str(&clause(verb, precision, &item).map_err(|why| {
                    EvaluateError::failed(format!("error during formatting: {why}"))
                })?);
            }
        }
        limits::text(formatted.len())?;
    }
    Ok(formatted.into())
}

/// What is wrong with a format and the types of its arguments, and with which of them.
pub(in crate::cel) fn check(text: &str, types: &[Type]) -> Result<(), (Option<usize>, String)> {
    let mut index = 0;
    for part in parts(text) {
        let Part::Clause { verb, .. } = part.map_err(|why| (None, why))? else { continue };
        let of = types.get(index);
        let of = of.ok_or_else(|| (None, format!("index {index} out of range")))?;
        if !accepts(verb, of) {
            let why = refusal(verb, &of.runtime_name());
            return Err((Some(index), format!("error during formatting: {why}")));
        }
        index += 1;
    }
    if types.len() > index {
        let given = types.len();
        let what = "too many arguments supplied to string.format";
        return Err((None, format!("{what} (expected {index}, got {given})")));
    }
    Ok(())
}

fn accepts(verb: char, of: &Type) -> bool {
    let is_integer = matches!(of, Type::Int | Type::Uint);
    match (verb, of) {
        ('s', Type::Opaque(..) | Type::Error | Type::Parameter(_)) => false,
        (_, Type::Dyn) | ('s', _) => true,
        ('d' | 'o', _) => is_integer,
        ('f' | 'e', of) => matches!(of, Type::Double | Type::String),
        ('b', of) => is_integer || *of == Type::Bool,
        (_, of) => is_integer || matches!(of, Type::String | Type::Bytes),
    }
}

fn refusal(verb: char, given: &str) -> String {
    let what = match verb {
        's' => {
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, \
             types, durations, and timestamps"
        }
        'd' => "decimal clause can only be used on integers",
        'f' => "fixed-point clause can only be used on doubles",
        'e' => "scientific clause can only be used on doubles",
        'b' => "only integers and bools can be formatted as binary",
        'o' => "octal clause can only be used on integers",
        _ => "only integers, byte buffers, and strings can be formatted as hex",
    };
    format!("{what}, was given {given}")
}

/// The parts of a format.
fn parts(text: &str) -> impl Iterator<Item = Result<Part<'_>, String>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find('%').unwrap_or(rest.len());
        let (plain, clause) = rest.split_at(if start == 0 { 0 } else { start });
        if !plain.is_empty() {
            rest = clause;
            return Some(Ok(Part::Text(plain)));
        }
        let clause = rest.strip_prefix('%')?;
        if let Some(tail) = clause.strip_prefix('%') {
            rest = tail;
            return Some(Ok(Part::Text("%")));
        }
        Some(read_clause(clause).map(|(part, tail)| {
            rest = tail;
            part
        }))
    })
}

fn read_clause(text: &str) -> Result<(Part<'static>, &str), String> {
    if text.is_empty() {
        return Err("unexpected end of string".to_owned());
    }
    let wrong = |why: String| format!("could not parse formatting clause: {why}");
    let (precision, rest) = match text.strip_prefix('.') {
        None => (None, text),
        Some(rest) => {
            let end = rest.find(|next: char| !next.is_ascii_digit()).ok_or_else(|| {
                wrong(
                    "error while parsing precision: could not find end of precision specifier"
                        .to_owned(),
                )
            })?;
            let (digits, rest) = rest.split_at(end);
            let precision = digits.parse().map_err(|_| {
                let why = format!("strconv.Atoi: parsing {digits:?}: invalid syntax");
                let what =
                    "error while parsing precision: error while converting precision to integer";
                wrong(format!("{what}: {why}"))
            })?;
            (Some(precision), rest)
        }
    };
    let verb = rest.chars().next().unwrap_or_default();
    if !"sdfebxXo".contains(verb) {
        return Err(wrong(format!("unrecognized formatting clause \"{verb}\"")));
    }
    Ok((Part::Clause { verb, precision }, rest.get(1..).unwrap_or_default()))
}

fn clause(verb: char, precision: Option<usize>, value: &Value<'_>) -> Result<String, String> {
    let precision = precision.unwrap_or(PRECISION);
    let text = match (verb, value) {
        ('s', value) => string(value),
        ('d', Value::Int(_) | Value::Uint(_)) => string(value),
        ('f' | 'e', value) => number(value).map(|number| match verb {
            'f' => fixed(number, precision),
            _ => scientific(number),
        }),
        ('b', Value::Bool(flag)) => Some(u8::from(*flag).to_string()),
        ('b' | 'x' | 'X' | 'o', Value::Int(number)) => {
            let sign = if *number < 0 { "-" } else { "" };
            Some(format!("{sign}{}", in_base(verb, number.unsigned_abs())))
        }
        ('b' | 'x' | 'X' | 'o', Value::Uint(number)) => Some(in_base(verb, *number)),
        ('x' | 'X', Value::String(text)) => Some(hexadecimal(verb, text.as_bytes())),
        ('x' | 'X', Value::Bytes(bytes)) => Some(hexadecimal(verb, bytes)),
        _ => None,
    };
    text.ok_or_else(|| refusal(verb, &value.type_of().runtime_name()))
}

fn in_base(verb: char, number: u64) -> String {
    match verb {
        'b' => format!("{number:b}"),
        'x' => format!("{number:x}"),
        'X' => format!("{number:X}"),
        _ => format!("{number:o}"),
    }
}

fn hexadecimal(verb: char, bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = if verb == 'X' { write!(text, "{byte:02X}") } else { write!(text, "{byte:02x}") };
        text
    })
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Double(number) => Some(*number),
        Value::String(text) => match &**text {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

fn not_finite(number: f64) -> Option<String> {
    match number {
        number if number.is_nan() => Some("NaN".to_owned()),
        f64::INFINITY => Some("∞".to_owned()),
        f64::NEG_INFINITY => Some("-∞".to_owned()),
        _ => None,
    }
}

/// With commas between thousands, as in American English.
fn fixed(number: f64, precision: usize) -> String {
    if let Some(text) = not_finite(number) {
        return text;
    }
    let text = format!("{number:.precision$}");
    let digits = text.trim_start_matches('-');
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if digits.len() < text.len() { "-" } else { "" };
    format!("{sign}{grouped}{fraction}")
}

/// As it is typeset: `1.500000×10⁰³`. Kubernetes gives no heed to the precision here.
fn scientific(number: f64) -> String {
    if let Some(text) = not_finite(number) {
        return text;
    }
    let text = format!("{number:.PRECISION$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { "⁻" } else { "" };
    let raised: String = format!("{:02}", exponent.abs())
        .chars()
        .filter_map(|digit| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit.to_digit(10)? as usize))
        .collect();
    format!("{digits}×10{sign}{raised}")
}

fn string(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => shortest(*number),
        Value::String(text) => text.to_string(),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok()?.to_owned(),
        Value::Duration(span) => span.to_string(),
        Value::Timestamp(moment) => moment.to_string(),
        Value::Type(of) => of.runtime_name(),
        Value::List(list) => {
            let items = list.iter().map(|item| nested(&item)).collect::<Option<Vec<_>>>()?;
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entry = |key: &Value<'_>| {
                let value = map.find(key).ok().flatten()?;
                Some((nested(key)?, nested(&value)?))
            };
            let mut entries = map.keys().iter().map(entry).collect::<Option<Vec<_>>>()?;
            entries.sort();
            let entries: Vec<_> =
                entries.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Optional(_) | Value::Opaque(_) => return None,
    })
}

/// Within a list or a map, values are written as an expression would.
fn nested(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::String(text) => quoted(text),
        Value::Bytes(_) => format!("b{}", quoted(&string(value)?)),
        Value::Double(number) if number.is_finite() => format!("{number:.6}"),
        Value::Double(number) => quoted(&shortest(*number)),
        Value::Duration(_) => format!("duration({})", quoted(&string(value)?)),
        Value::Timestamp(_) => format!("timestamp({})", quoted(&string(value)?)),
        value => string(value)?,
    })
}

/// As Go quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            hidden if hidden.is_ascii_control() => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(hidden));
            }
            hidden if hidden.is_control() || (hidden.is_whitespace() && hidden != ' ') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(hidden));
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
