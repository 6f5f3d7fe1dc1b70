//! Conversions between types, and `size`.

use jiff::civil::DateTime;

use super::Overload;
use crate::cel::cost::Cost;
use crate::cel::error::EvaluateError;
use crate::cel::types::Type;
use crate::cel::value::{Duration, Outcome, Timestamp, Value};

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("size", "size_bytes", "bytes -> int", size),
    Overload::member("size", "bytes_size", "bytes -> int", size),
    Overload::global("size", "size_list", "list(A) -> int", size),
    Overload::member("size", "list_size", "list(A) -> int", size),
    Overload::global("size", "size_map", "map(A, B) -> int", size),
    Overload::member("size", "map_size", "map(A, B) -> int", size),
    Overload::global("size", "size_string", "string -> int", size),
    Overload::member("size", "string_size", "string -> int", size),
    Overload::global("type", "type", "A -> type(A)", type_of),
    Overload::global("dyn", "to_dyn", "A -> dyn", same),
    Overload::global("bool", "bool_to_bool", "bool -> bool", same),
    Overload::global("bool", "string_to_bool", "string -> bool", to_bool),
    Overload::global("bytes", "bytes_to_bytes", "bytes -> bytes", same),
    Overload::global("bytes", "string_to_bytes", "string -> bytes", to_bytes)
        .cost(Cost::Reading(1)),
    Overload::global("double", "double_to_double", "double -> double", same),
    Overload::global("double", "int64_to_double", "int -> double", to_double),
    Overload::global("double", "string_to_double", "string -> double", to_double),
    Overload::global("double", "uint64_to_double", "uint -> double", to_double),
    Overload::global("duration", "duration_to_duration", "duration -> duration", same),
    Overload::global("duration", "int64_to_duration", "int -> duration", to_duration),
    Overload::global("duration", "string_to_duration", "string -> duration", to_duration),
    Overload::global("int", "int64_to_int64", "int -> int", same),
    Overload::global("int", "double_to_int64", "double -> int", to_int),
    Overload::global("int", "duration_to_int64", "duration -> int", to_int),
    Overload::global("int", "string_to_int64", "string -> int", to_int),
    Overload::global("int", "timestamp_to_int64", "timestamp -> int", to_int),
    Overload::global("int", "uint64_to_int64", "uint -> int", to_int),
    Overload::global("string", "string_to_string", "string -> string", same),
    Overload::global("string", "bool_to_string", "bool -> string", to_string),
    Overload::global("string", "bytes_to_string", "bytes -> string", to_string)
        .cost(Cost::Reading(1)),
    Overload::global("string", "double_to_string", "double -> string", to_string),
    Overload::global("string", "duration_to_string", "duration -> string", to_string),
    Overload::global("string", "int64_to_string", "int -> string", to_string),
    Overload::global("string", "timestamp_to_string", "timestamp -> string", to_string),
    Overload::global("string", "uint64_to_string", "uint -> string", to_string),
    Overload::global("timestamp", "timestamp_to_timestamp", "timestamp -> timestamp", same),
    Overload::global("timestamp", "int64_to_timestamp", "int -> timestamp", to_timestamp),
    Overload::global("timestamp", "string_to_timestamp", "string -> timestamp", to_timestamp),
    Overload::global("uint", "uint64_to_uint64", "uint -> uint", same),
    Overload::global("uint", "double_to_uint64", "double -> uint", to_uint),
    Overload::global("uint", "int64_to_uint64", "int -> uint", to_uint),
    Overload::global("uint", "string_to_uint64", "string -> uint", to_uint),
];

fn impossible(from: &str, to: &str) -> EvaluateError {
    EvaluateError::failed(format!("type conversion error from '{from}' to '{to}'"))
}

fn only<'v, 'a>(arguments: &'v [Value<'a>]) -> Result<&'v Value<'a>, EvaluateError> {
    match arguments {
        [only] => Ok(only),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn same<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    only(arguments).cloned()
}

fn size<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match only(arguments)? {
        sized @ (Value::String(_) | Value::Bytes(_) | Value::List(_) | Value::Map(_)) => {
            Ok(i64::try_from(sized.cost_size()).unwrap_or(i64::MAX).into())
        }
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn type_of<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Type(only(arguments)?.type_of()))
}

fn to_bool<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match only(arguments)?.as_text()? {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true.into()),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false.into()),
        _ => Err(impossible("string", "bool")),
    }
}

fn to_bytes<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bytes(only(arguments)?.as_text()?.as_bytes().into()))
}

fn to_double<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let double = match only(arguments)? {
        Value::Int(number) => *number as f64,
        Value::Uint(number) => *number as f64,
        text => parse_double(text.as_text()?).ok_or(impossible("string", "double"))?,
    };
    Ok(Value::Double(double))
}

/// As Go reads it: too large is refused, `inf` and `nan` are not.
fn parse_double(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    (!(number.is_infinite() && has_digit)).then_some(number)
}

fn to_duration<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let nanos = match only(arguments)? {
        Value::Int(nanos) => *nanos,
        text => parse_duration(text.as_text()?)
            .ok_or(impossible("string", "google.protobuf.Duration"))?,
    };
    Ok(Value::Duration(Duration(nanos)))
}

/// Go's texts of spans: `1h30m`, `-1.5s`, `0`.
pub(super) fn parse_duration(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut rest = unsigned;
    let mut total = 0_u64;
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|next: char| !(next.is_ascii_digit() || next == '.'))?;
        let (number, tail) = rest.split_at(end);
        let unit_end = tail.find(|next: char| next.is_ascii_digit() || next == '.');
        let (unit, tail) = tail.split_at(unit_end.unwrap_or(tail.len()));
        let unit = unit_nanos(unit)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
        let nanos = whole.checked_mul(unit)?.checked_add(fraction_nanos(fraction, unit))?;
        total = total.checked_add(nanos).filter(|total| *total <= 1 << 63)?;
        rest = tail;
    }
    let total = i128::from(total);
    i64::try_from(if text.starts_with('-') { -total } else { total }).ok()
}

fn unit_nanos(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// The part behind the point; digits beyond the eighteenth say nothing.
fn fraction_nanos(digits: &str, unit: u64) -> u64 {
    let digits = digits.get(..digits.len().min(18)).unwrap_or(digits);
    let value: u128 = digits.parse().unwrap_or(0);
    let scale = 10_u128.pow(digits.len().try_into().unwrap_or(18));
    u64::try_from(value * u128::from(unit) / scale).unwrap_or(u64::MAX)
}

fn to_int<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    const OVERFLOW: EvaluateError = EvaluateError::text("integer overflow");
    let number = match only(arguments)? {
        Value::Uint(number) => i64::try_from(*number).map_err(|_| OVERFLOW)?,
        Value::Double(double) => truncated(*double).ok_or(OVERFLOW)?,
        Value::Duration(span) => span.0,
        Value::Timestamp(moment) => moment.seconds(),
        text => decimal(text.as_text()?)
            .and_then(|digits| digits.parse().ok())
            .ok_or(impossible("string", "int"))?,
    };
    Ok(number.into())
}

/// A number that both languages read alike.
fn decimal(text: &str) -> Option<&str> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())).then_some(text)
}

fn truncated(double: f64) -> Option<i64> {
    let limit = 9_223_372_036_854_775_808.0;
    (double > -limit && double < limit).then_some(double as i64)
}

fn to_uint<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    const OVERFLOW: EvaluateError = EvaluateError::text("unsigned integer overflow");
    let number = match only(arguments)? {
        Value::Int(number) => u64::try_from(*number).map_err(|_| OVERFLOW)?,
        Value::Double(double) => unsigned(*double).ok_or(OVERFLOW)?,
        text => decimal(text.as_text()?)
            .filter(|digits| !digits.starts_with(['-', '+']))
            .and_then(|digits| digits.parse().ok())
            .ok_or(impossible("string", "uint"))?,
    };
    Ok(Value::Uint(number))
}

#[expect(clippy::cast_sign_loss, reason = "the range is checked")]
fn unsigned(double: f64) -> Option<u64> {
    (0.0..18_446_744_073_709_551_616.0).contains(&double).then_some(double as u64)
}

fn to_string<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let text = match only(arguments)? {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => crate::cel::value::shortest(*number),
        Value::Duration(span) => span.to_string(),
        Value::Timestamp(moment) => moment.to_string(),
        Value::Bytes(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|_| {
                EvaluateError::text("invalid UTF-8 in bytes, cannot convert to string")
            })?;
            text.to_owned()
        }
        _ => return Err(EvaluateError::NO_SUCH_OVERLOAD),
    };
    Ok(text.into())
}

fn to_timestamp<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    const OVERFLOW: EvaluateError = EvaluateError::text("timestamp overflow");
    let moment = match only(arguments)? {
        Value::Int(seconds) => Timestamp::new(*seconds, 0).ok_or(OVERFLOW)?,
        text => {
            let parts = parse_timestamp(text.as_text()?);
            let (seconds, nanos, offset) =
                parts.ok_or(impossible("string", &Type::Timestamp.runtime_name()))?;
            Timestamp::new(seconds, nanos).ok_or(OVERFLOW)?.at_offset(offset)
        }
    };
    Ok(Value::Timestamp(moment))
}

/// RFC 3339 as Go reads it: seconds, nanoseconds and the offset.
fn parse_timestamp(text: &str) -> Option<(i64, u32, i32)> {
    let (date, time) = text.split_once('T')?;
    let zone = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone);
    let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|one| one.is_ascii_digit());
    let shape_is_right = date.len() == 10 && clock.len() == 8 && is_number(fraction);
    let sounds: Vec<_> = date.split('-').chain(clock.split(':')).collect();
    if !shape_is_right || sounds.len() != 6 || !sounds.iter().all(|part| is_number(part)) {
        return None;
    }
    let mut numbers = sounds.iter().map(|part| part.parse::<i16>().unwrap_or(-1));
    let year = numbers.next()?;
    let mut small = || i8::try_from(numbers.next()?).ok();
    let [month, day, hour, minute, second] = [small()?, small()?, small()?, small()?, small()?];
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let offset = parse_offset(zone)?;
    let days = civil.date().since(jiff::civil::date(1970, 1, 1)).ok()?.get_days();
    let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let seconds = i64::from(days) * 86_400 + of_day - i64::from(offset);
    let nanos = u32::try_from(fraction_nanos(fraction, 1_000_000_000)).ok()?;
    Some((seconds, nanos, offset))
}

fn parse_offset(zone: &str) -> Option<i32> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let two = |part: &str| {
        let is_number = part.len() == 2 && part.bytes().all(|one| one.is_ascii_digit());
        part.parse::<i32>().ok().filter(|_| is_number)
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours <= 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_in_go() {
        assert_eq!(parse_duration("1h30m"), Some(5_400_000_000_000));
        assert_eq!(parse_duration("-1.5s"), Some(-1_500_000_000));
        assert_eq!(parse_duration("1.s"), Some(1_000_000_000));
        assert_eq!(parse_duration("0"), Some(0));
        for wrong in ["", "1", "1d", ".s", "-", "1.2.3s", "9223372036854775808ns"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_are_read_as_in_go() {
        let read = |text| to_timestamp(&[Value::borrowed(text)]).and_then(|one| to_string(&[one]));
        let written = |text| read(text).and_then(|text| text.as_text().map(str::to_owned));
        assert_eq!(written("2024-02-29T12:30:00.5Z").as_deref(), Ok("2024-02-29T12:30:00.5Z"));
        assert_eq!(
            written("2024-02-29T00:00:00+02:00").as_deref(),
            Ok("2024-02-29T00:00:00+02:00")
        );
        for wrong in ["2024-02-29", "2023-02-29T00:00:00Z", "2024-02-29t00:00:00Z", "x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("9999-12-31T23:59:59-01:00").is_err());
    }
}
