//! Texts: version 2 of cel-go's library of strings. Places and lengths count code points.

use super::Overload;
use crate::cel::cost::{Cost, Sizes, traversal};
use crate::cel::error::EvaluateError;
use crate::cel::limits;
use crate::cel::value::{Outcome, Value};

const READ: Cost = Cost::Reading(1);
const REBUILD: Cost = Cost::Reading(2);

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::member("charAt", "string_char_at_int", "string, int -> string", char_at),
    Overload::member("indexOf", "string_index_of_string", "string, string -> int", index_of)
        .cost(Cost::Contents),
    Overload::member(
        "indexOf",
        "string_index_of_string_int",
        "string, string, int -> int",
        index_of,
    )
    .cost(Cost::Contents),
    Overload::member(
        "lastIndexOf",
        "string_last_index_of_string",
        "string, string -> int",
        last_index_of,
    )
    .cost(Cost::Contents),
    Overload::member(
        "lastIndexOf",
        "string_last_index_of_string_int",
        "string, string, int -> int",
        last_index_of,
    )
    .cost(Cost::Contents),
    Overload::member("lowerAscii", "string_lower_ascii", "string -> string", lower_ascii)
        .cost(READ),
    Overload::member(
        "replace",
        "string_replace_string_string",
        "string, string, string -> string",
        replace,
    )
    .cost(REBUILD),
    Overload::member(
        "replace",
        "string_replace_string_string_int",
        "string, string, string, int -> string",
        replace,
    )
    .cost(REBUILD),
    Overload::member("split", "string_split_string", "string, string -> list(string)", split)
        .cost(REBUILD),
    Overload::member(
        "split",
        "string_split_string_int",
        "string, string, int -> list(string)",
        split,
    )
    .cost(REBUILD),
    Overload::member("substring", "string_substring_int", "string, int -> string", substring)
        .cost(READ),
    Overload::member(
        "substring",
        "string_substring_int_int",
        "string, int, int -> string",
        substring,
    )
    .cost(READ),
    Overload::member("trim", "string_trim", "string -> string", trim).cost(READ),
    Overload::member("upperAscii", "string_upper_ascii", "string -> string", upper_ascii)
        .cost(READ),
    Overload::global("strings.quote", "strings_quote", "string -> string", quote),
    Overload::member("join", "list_join", "list(string) -> string", join).cost(JOIN),
    Overload::member("join", "list_join_string", "list(string), string -> string", join).cost(JOIN),
];

const JOIN: Cost = Cost::By(|sizes: &Sizes<'_>| traversal(sizes.result.saturating_mul(2)));

fn out_of_range(index: i64) -> EvaluateError {
    EvaluateError::failed(format!("index out of range: {index}"))
}

/// Where the code point with that index begins; the length is an index, too.
fn offset(text: &str, index: i64) -> Result<usize, EvaluateError> {
    let count = usize::try_from(index).map_err(|_| out_of_range(index))?;
    let mut places = text.char_indices().map(|(place, _)| place).chain([text.len()]);
    places.nth(count).ok_or_else(|| out_of_range(index))
}

/// How many code points lie before that byte.
fn index(text: &str, offset: usize) -> i64 {
    i64::try_from(text.get(..offset).unwrap_or_default().chars().count()).unwrap_or(i64::MAX)
}

fn char_at<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text, place] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let text = text.as_text()?;
    let rest = text.get(offset(text, place.as_int()?)?..).unwrap_or_default();
    Ok(rest.chars().take(1).collect::<String>().into())
}

fn index_of<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text, wanted, from @ ..] = arguments else {
        return Err(EvaluateError::NO_SUCH_OVERLOAD);
    };
    let (text, wanted) = (text.as_text()?, wanted.as_text()?);
    let from = from.first().map_or(Ok(0), Value::as_int)?;
    if wanted.is_empty() {
        return Ok(from.into());
    }
    if from < 0 {
        return Err(out_of_range(from));
    }
    let Ok(start) = offset(text, from) else { return Ok((-1).into()) };
    let found = text.get(start..).unwrap_or_default().find(wanted);
    Ok(found.map_or(-1, |found| index(text, start + found)).into())
}

fn last_index_of<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text, wanted, until @ ..] = arguments else {
        return Err(EvaluateError::NO_SUCH_OVERLOAD);
    };
    let (text, wanted) = (text.as_text()?, wanted.as_text()?);
    let length = index(text, text.len());
    let until = match until.first() {
        Some(until) => until.as_int()?,
        None if wanted.is_empty() => length,
        None => length - 1,
    };
    if wanted.is_empty() {
        return Ok(until.into());
    }
    match until {
        ..0 if arguments.len() == 2 => return Ok((-1).into()),
        ..0 => return Err(out_of_range(until)),
        _ if until >= length => return Ok((-1).into()),
        _ => {}
    }
    let end = offset(text, until)?.saturating_add(wanted.len()).min(text.len());
    let found = text.as_bytes().get(..end).unwrap_or_default();
    let found = found.windows(wanted.len()).rposition(|part| part == wanted.as_bytes());
    Ok(found.map_or(-1, |found| index(text, found)).into())
}

fn lower_ascii<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(text.as_text()?.to_ascii_lowercase().into())
}

fn upper_ascii<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(text.as_text()?.to_ascii_uppercase().into())
}

/// How often at most: all where nothing is said or the number is negative.
fn limit(arguments: &[Value<'_>]) -> Result<usize, EvaluateError> {
    let limit = arguments.first().map_or(Ok(-1), Value::as_int)?;
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}

fn replace<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text, old, new, count @ ..] = arguments else {
        return Err(EvaluateError::NO_SUCH_OVERLOAD);
    };
    let (text, old, new) = (text.as_text()?, old.as_text()?, new.as_text()?);
    let limit = limit(count)?;
    let count = text.matches(old).take(limit).count();
    limits::text(count.saturating_mul(new.len()).saturating_add(text.len()))?;
    Ok(text.replacen(old, new, limit).into())
}

fn split<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text, separator, count @ ..] = arguments else {
        return Err(EvaluateError::NO_SUCH_OVERLOAD);
    };
    let (text, separator, limit) = (text.as_text()?, separator.as_text()?, limit(count)?);
    limits::items(text.matches(separator).take(limit).count())?;
    let parts: Vec<_> = match separator {
        "" => characters(text, limit),
        separator => text.splitn(limit, separator).collect(),
    };
    Ok(Value::list(parts.into_iter().map(Value::from).collect()))
}

/// The single characters; the last of so many takes the rest.
fn characters(text: &str, limit: usize) -> Vec<&str> {
    let mut starts = text.char_indices().map(|(place, _)| place).take(limit).peekable();
    let mut parts = Vec::new();
    while let Some(start) = starts.next() {
        let end = starts.peek().copied();
        let end = end.unwrap_or(text.len());
        parts.push(text.get(start..end).unwrap_or_default());
    }
    parts
}

fn substring<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text, start, end @ ..] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let (text, start) = (text.as_text()?, start.as_int()?);
    let end = end.first().map(Value::as_int).transpose()?;
    if let Some(end) = end.filter(|end| start > *end) {
        let text = format!("invalid substring range. start: {start}, end: {end}");
        return Err(EvaluateError::failed(text));
    }
    let start = offset(text, start)?;
    let end = end.map_or(Ok(text.len()), |end| offset(text, end))?;
    Ok(text.get(start..end).unwrap_or_default().into())
}

fn trim<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(text.as_text()?.trim().into())
}

fn quote<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let mut quoted = String::from('"');
    for character in text.as_text()?.chars() {
        match character {
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    Ok(quoted.into())
}

fn join<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [list, separator @ ..] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let separator = separator.first().map_or(Ok(""), Value::as_text)?;
    let mut joined = String::new();
    for (index, item) in list.as_list()?.iter().enumerate() {
        if index > 0 {
            joined.push_str(separator);
        }
        let Value::String(item) = item else {
            return Err(EvaluateError::failed("join: invalid input"));
        };
        limits::text(joined.len().saturating_add(item.len()))?;
        joined.push_str(&item);
    }
    Ok(joined.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(outcome: Outcome<'_>) -> String {
        match outcome {
            Ok(Value::String(text)) => text.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn places_count_code_points() {
        assert_eq!(text(char_at(&["héllo".into(), 1.into()])), "é");
        assert_eq!(text(char_at(&["héllo".into(), 5.into()])), "");
        assert!(char_at(&["héllo".into(), 6.into()]).is_err());
        assert_eq!(text(substring(&["héllo".into(), 1.into(), 3.into()])), "él");
        assert!(substring(&["abc".into(), 2.into(), 1.into()]).is_err());
    }

    #[test]
    fn a_place_is_found_from_either_end() {
        let found = |outcome: Outcome<'_>| outcome.and_then(|place| place.as_int());
        assert_eq!(found(index_of(&["éabab".into(), "ab".into()])), Ok(1));
        assert_eq!(found(index_of(&["éabab".into(), "ab".into(), 2.into()])), Ok(3));
        assert_eq!(found(index_of(&["abc".into(), "a".into(), 9.into()])), Ok(-1));
        assert_eq!(found(last_index_of(&["éabab".into(), "ab".into()])), Ok(3));
        assert_eq!(found(last_index_of(&["éabab".into(), "ab".into(), 2.into()])), Ok(1));
        assert_eq!(found(last_index_of(&["".into(), "a".into()])), Ok(-1));
    }

    #[test]
    fn texts_are_split_and_replaced_as_in_go() {
        let parts = |arguments: &[Value<'_>]| {
            split(arguments).and_then(|list| join(&[list, "|".into()])).map(Ok).map(text)
        };
        assert_eq!(parts(&["a,b,c".into(), ",".into(), 2.into()]), Ok("a|b,c".to_owned()));
        assert_eq!(parts(&["abc".into(), "".into(), 2.into()]), Ok("a|bc".to_owned()));
        assert_eq!(parts(&["a,b".into(), ",".into(), 0.into()]), Ok(String::new()));
        assert_eq!(text(replace(&["abc".into(), "".into(), ".".into()])), ".a.b.c.");
        assert_eq!(text(quote(&["a\"\n".into()])), "\"a\\\"\\n\"");
    }
}
