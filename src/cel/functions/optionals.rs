//! Optional values.

use super::Overload;
use super::operators::step;
use crate::cel::error::EvaluateError;
use crate::cel::value::{Outcome, Value};

/// The evaluator has steps of its own for those whose body is `step`.
pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("optional.of", "optional_of", "V -> optional_type(V)", of),
    Overload::global(
        "optional.ofNonZeroValue",
        "optional_ofNonZeroValue",
        "V -> optional_type(V)",
        of_non_zero,
    ),
    Overload::global("optional.none", "optional_none", "-> optional_type(V)", none),
    Overload::member("value", "optional_value", "optional_type(V) -> V", value),
    Overload::member("hasValue", "optional_hasValue", "optional_type(V) -> bool", has_value),
    Overload::member(
        "or",
        "optional_or_optional",
        "optional_type(V), optional_type(V) -> optional_type(V)",
        step,
    ),
    Overload::member("orValue", "optional_orValue_value", "optional_type(V), V -> V", step),
    Overload::global(
        "_[?_]",
        "list_optindex_optional_int",
        "list(V), int -> optional_type(V)",
        step,
    ),
    Overload::global(
        "_[?_]",
        "optional_list_optindex_optional_int",
        "optional_type(list(V)), int -> optional_type(V)",
        step,
    ),
    Overload::global(
        "_[?_]",
        "map_optindex_optional_value",
        "map(K, V), K -> optional_type(V)",
        step,
    ),
    Overload::global(
        "_[?_]",
        "optional_map_optindex_optional_value",
        "optional_type(map(K, V)), K -> optional_type(V)",
        step,
    ),
    Overload::global(
        "_[_]",
        "optional_list_index_int",
        "optional_type(list(V)), int -> optional_type(V)",
        step,
    ),
    Overload::global(
        "_[_]",
        "optional_map_index_value",
        "optional_type(map(K, V)), K -> optional_type(V)",
        step,
    ),
    Overload::member("last", "list_last", "list(V) -> optional_type(V)", last),
    Overload::member("first", "list_first", "list(V) -> optional_type(V)", first),
    Overload::global("optional.unwrap", "optional_unwrap", UNWRAP, unwrap),
    Overload::member("unwrapOpt", "optional_unwrapOpt", UNWRAP, unwrap),
];

const UNWRAP: &str = "list(optional_type(V)) -> list(V)";

fn of<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [value] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(Value::some(value.clone()))
}

fn of_non_zero<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [value] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(if is_zero(value) { Value::none() } else { Value::some(value.clone()) })
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Int(number) => *number == 0,
        Value::Uint(number) => *number == 0,
        Value::Double(number) => *number == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Duration(span) => span.0 == 0,
        Value::Timestamp(_) | Value::Type(_) | Value::Optional(_) | Value::Opaque(_) => false,
    }
}

fn none<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    if arguments.is_empty() { Ok(Value::none()) } else { Err(EvaluateError::NO_SUCH_OVERLOAD) }
}

fn value<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Optional(Some(value))] => Ok((**value).clone()),
        [Value::Optional(None)] => Err(EvaluateError::text("optional.none() dereference")),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn has_value<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Optional(value)] => Ok(value.is_some().into()),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn item<'a>(arguments: &[Value<'a>], is_last: bool) -> Outcome<'a> {
    let [list] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let list = list.as_list()?;
    let index = if is_last { list.len().checked_sub(1) } else { Some(0) };
    let item = index.and_then(|index| list.get(index));
    Ok(item.map_or(Value::none(), Value::some))
}

fn first<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    item(arguments, false)
}

fn last<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    item(arguments, true)
}

fn unwrap<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [list] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let mut values = Vec::new();
    for item in list.as_list()?.iter() {
        match item {
            Value::Optional(Some(value)) => values.push((*value).clone()),
            Value::Optional(None) => {}
            _ => return Err(EvaluateError::text("value is not optional")),
        }
    }
    Ok(Value::list(values))
}
