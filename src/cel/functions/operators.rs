//! Operators: arithmetic, comparison, logic and `in`.

use std::cmp::Ordering;

use super::Overload;
use crate::cel::cost::{Cost, Sizes, traversal};
use crate::cel::error::EvaluateError;
use crate::cel::limits;
use crate::cel::value::{Duration, Outcome, Timestamp, Value, compare, equal};

const BOTH: Cost = Cost::By(|sizes: &Sizes<'_>| traversal(sizes.of(0).saturating_add(sizes.of(1))));
const SHORTER: Cost = Cost::By(|sizes: &Sizes<'_>| traversal(sizes.of(0).min(sizes.of(1))));
const SECOND: Cost = Cost::By(|sizes: &Sizes<'_>| sizes.of(1));

/// The overloads of a comparison.
macro_rules! comparison {
    ($name:literal, $id:literal, $body:ident) => {
        &[
            Overload::global($name, concat!($id, "_bool"), "bool, bool -> bool", $body),
            Overload::global($name, concat!($id, "_int64"), "int, int -> bool", $body),
            Overload::global($name, concat!($id, "_int64_double"), "int, double -> bool", $body),
            Overload::global($name, concat!($id, "_int64_uint64"), "int, uint -> bool", $body),
            Overload::global($name, concat!($id, "_uint64"), "uint, uint -> bool", $body),
            Overload::global($name, concat!($id, "_uint64_double"), "uint, double -> bool", $body),
            Overload::global($name, concat!($id, "_uint64_int64"), "uint, int -> bool", $body),
            Overload::global($name, concat!($id, "_double"), "double, double -> bool", $body),
            Overload::global($name, concat!($id, "_double_int64"), "double, int -> bool", $body),
            Overload::global($name, concat!($id, "_double_uint64"), "double, uint -> bool", $body),
            Overload::global($name, concat!($id, "_string"), "string, string -> bool", $body)
                .cost(SHORTER),
            Overload::global($name, concat!($id, "_bytes"), "bytes, bytes -> bool", $body)
                .cost(SHORTER),
            Overload::global(
                $name,
                concat!($id, "_timestamp"),
                "timestamp, timestamp -> bool",
                $body,
            ),
            Overload::global($name, concat!($id, "_duration"), "duration, duration -> bool", $body),
        ]
    };
}

pub(super) const LESS: &[Overload] = comparison!("_<_", "less", less);
pub(super) const LESS_EQUALS: &[Overload] = comparison!("_<=_", "less_equals", less_equals);
pub(super) const GREATER: &[Overload] = comparison!("_>_", "greater", greater);
pub(super) const GREATER_EQUALS: &[Overload] =
    comparison!("_>=_", "greater_equals", greater_equals);

/// The evaluator has steps of its own for those whose body is `step`.
pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("_?_:_", "conditional", "bool, A, A -> A", step),
    Overload::global("!_", "logical_not", "bool -> bool", not),
    Overload::global("_==_", "equals", "A, A -> bool", step).cost(SHORTER),
    Overload::global("_!=_", "not_equals", "A, A -> bool", step).cost(SHORTER),
    Overload::global("_[_]", "index_list", "list(A), int -> A", step),
    Overload::global("_[_]", "index_map", "map(A, B), A -> B", step),
    Overload::global("_+_", "add_bytes", "bytes, bytes -> bytes", add).cost(BOTH),
    Overload::global("_+_", "add_double", "double, double -> double", add),
    Overload::global("_+_", "add_duration_duration", "duration, duration -> duration", add),
    Overload::global("_+_", "add_duration_timestamp", "duration, timestamp -> timestamp", add),
    Overload::global("_+_", "add_timestamp_duration", "timestamp, duration -> timestamp", add),
    Overload::global("_+_", "add_int64", "int, int -> int", add),
    Overload::global("_+_", "add_list", "list(A), list(A) -> list(A)", add),
    Overload::global("_+_", "add_string", "string, string -> string", add).cost(BOTH),
    Overload::global("_+_", "add_uint64", "uint, uint -> uint", add),
    Overload::global("_/_", "divide_double", "double, double -> double", divide),
    Overload::global("_/_", "divide_int64", "int, int -> int", divide),
    Overload::global("_/_", "divide_uint64", "uint, uint -> uint", divide),
    Overload::global("_%_", "modulo_int64", "int, int -> int", modulo),
    Overload::global("_%_", "modulo_uint64", "uint, uint -> uint", modulo),
    Overload::global("_*_", "multiply_double", "double, double -> double", multiply),
    Overload::global("_*_", "multiply_int64", "int, int -> int", multiply),
    Overload::global("_*_", "multiply_uint64", "uint, uint -> uint", multiply),
    Overload::global("-_", "negate_double", "double -> double", negate),
    Overload::global("-_", "negate_int64", "int -> int", negate),
    Overload::global("_-_", "subtract_double", "double, double -> double", subtract),
    Overload::global(
        "_-_",
        "subtract_duration_duration",
        "duration, duration -> duration",
        subtract,
    ),
    Overload::global("_-_", "subtract_int64", "int, int -> int", subtract),
    Overload::global(
        "_-_",
        "subtract_timestamp_duration",
        "timestamp, duration -> timestamp",
        subtract,
    ),
    Overload::global(
        "_-_",
        "subtract_timestamp_timestamp",
        "timestamp, timestamp -> duration",
        subtract,
    ),
    Overload::global("_-_", "subtract_uint64", "uint, uint -> uint", subtract),
    Overload::global("@in", "in_list", "A, list(A) -> bool", contains).cost(SECOND),
    Overload::global("@in", "in_map", "A, map(A, B) -> bool", contains),
];

const INTEGER: EvaluateError = EvaluateError::text("integer overflow");
const UNSIGNED: EvaluateError = EvaluateError::text("unsigned integer overflow");
const MOMENT: EvaluateError = EvaluateError::text("timestamp overflow");

pub(super) fn step<'a>(_: &[Value<'a>]) -> Outcome<'a> {
    Err(EvaluateError::NO_SUCH_OVERLOAD)
}

fn not<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Bool(flag)] => Ok((!flag).into()),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn ordering(arguments: &[Value<'_>]) -> Result<Ordering, EvaluateError> {
    match arguments {
        [left, right] => compare(left, right),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn less<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(ordering(arguments)?.is_lt().into())
}

fn less_equals<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(ordering(arguments)?.is_le().into())
}

fn greater<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(ordering(arguments)?.is_gt().into())
}

fn greater_equals<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(ordering(arguments)?.is_ge().into())
}

fn int<'a>(result: Option<i64>) -> Outcome<'a> {
    result.map(Value::Int).ok_or(INTEGER)
}

fn uint<'a>(result: Option<u64>) -> Outcome<'a> {
    result.map(Value::Uint).ok_or(UNSIGNED)
}

fn span<'a>(nanos: Option<i64>) -> Outcome<'a> {
    nanos.map(|nanos| Value::Duration(Duration(nanos))).ok_or(INTEGER)
}

/// The moment so many nanoseconds later, written in the same zone.
fn shifted<'a>(moment: Timestamp, nanos: i128) -> Outcome<'a> {
    let shifted = Timestamp::from_total_nanos(moment.total_nanos() + nanos);
    shifted.map(|shifted| Value::Timestamp(shifted.at_offset(moment.offset()))).ok_or(MOMENT)
}

pub(super) fn add<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [left, right] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => int(left.checked_add(*right)),
        (Value::Uint(left), Value::Uint(right)) => uint(left.checked_add(*right)),
        (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left + right)),
        (Value::String(left), Value::String(right)) => {
            limits::text(left.len().saturating_add(right.len()))?;
            Ok(format!("{}{}", &**left, &**right).into())
        }
        (Value::Bytes(left), Value::Bytes(right)) => {
            limits::text(left.len().saturating_add(right.len()))?;
            Ok(Value::Bytes([&**left, &**right].concat().into()))
        }
        (Value::List(left), Value::List(right)) => {
            limits::items(left.len().saturating_add(right.len()))?;
            Ok(Value::list(left.iter().chain(right.iter()).collect()))
        }
        (Value::Duration(left), Value::Duration(right)) => span(left.0.checked_add(right.0)),
        (Value::Timestamp(moment), Value::Duration(span))
        | (Value::Duration(span), Value::Timestamp(moment)) => shifted(*moment, span.0.into()),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn subtract<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [left, right] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => int(left.checked_sub(*right)),
        (Value::Uint(left), Value::Uint(right)) => uint(left.checked_sub(*right)),
        (Value::Double(left), Value::Double(right)) => Ok(Value::Double(left - right)),
        (Value::Duration(left), Value::Duration(right)) => span(left.0.checked_sub(right.0)),
        (Value::Timestamp(moment), Value::Duration(span)) => shifted(*moment, -i128::from(span.0)),
        (Value::Timestamp(left), Value::Timestamp(right)) => {
            span(i64::try_from(left.total_nanos() - right.total_nanos()).ok())
        }
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn multiply<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Int(left), Value::Int(right)] => int(left.checked_mul(*right)),
        [Value::Uint(left), Value::Uint(right)] => uint(left.checked_mul(*right)),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left * right)),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn divide<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Int(_), Value::Int(0)] | [Value::Uint(_), Value::Uint(0)] => {
            Err(EvaluateError::text("division by zero"))
        }
        [Value::Int(left), Value::Int(right)] => int(left.checked_div(*right)),
        [Value::Uint(left), Value::Uint(right)] => uint(left.checked_div(*right)),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left / right)),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn modulo<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Int(_), Value::Int(0)] | [Value::Uint(_), Value::Uint(0)] => {
            Err(EvaluateError::text("modulus by zero"))
        }
        [Value::Int(left), Value::Int(right)] => int(left.checked_rem(*right)),
        [Value::Uint(left), Value::Uint(right)] => uint(left.checked_rem(*right)),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn negate<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [Value::Int(number)] => int(number.checked_neg()),
        [Value::Double(number)] => Ok(Value::Double(-number)),
        [Value::Duration(duration)] => span(duration.0.checked_neg()),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn contains<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [item, Value::List(list)] => Ok(list.iter().any(|other| equal(item, &other)).into()),
        [key, Value::Map(map)] => Ok(map.find(key)?.is_some().into()),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}
