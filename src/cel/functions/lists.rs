//! Lists: the library of Kubernetes, and version 3 of that of cel-go.

use std::cmp::Ordering;

use super::Overload;
use crate::cel::cost::{Cost, Sizes};
use crate::cel::error::EvaluateError;
use crate::cel::limits;
use crate::cel::value::{Duration, List, Outcome, Value, compare, equal};

/// The overloads of the functions for lists of each type that has an order.
macro_rules! lists_of {
    ($($of:literal),*) => {
        pub(super) const SORTED: &[Overload] = &[$(
            Overload::member(
                "isSorted",
                concat!("list_", $of, "_is_sorted_bool"),
                concat!("list(", $of, ") -> bool"),
                is_sorted,
            )
            .cost(Cost::Contents)
        ),*];
        pub(super) const MAX: &[Overload] = &[$(
            Overload::member(
                "max",
                concat!("list_", $of, "_max_", $of),
                concat!("list(", $of, ") -> ", $of),
                max,
            )
            .cost(Cost::Contents)
        ),*];
        pub(super) const MIN: &[Overload] = &[$(
            Overload::member(
                "min",
                concat!("list_", $of, "_min_", $of),
                concat!("list(", $of, ") -> ", $of),
                min,
            )
            .cost(Cost::Contents)
        ),*];
        pub(super) const SORT: &[Overload] = &[$(
            Overload::member(
                "sort",
                concat!("list_", $of, "_sort"),
                concat!("list(", $of, ") -> list(", $of, ")"),
                sort,
            )
            .cost(SQUARE)
        ),*];
        pub(super) const SORT_BY: &[Overload] = &[$(
            Overload::member(
                "@sortByAssociatedKeys",
                concat!("list_", $of, "_sortByAssociatedKeys"),
                concat!("list(T), list(", $of, ") -> list(T)"),
                sort_by,
            )
            .cost(SQUARE)
        ),*];
    };
}

lists_of!("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes");

const SQUARE: Cost = Cost::By(|sizes: &Sizes<'_>| {
    sizes.of(0).saturating_mul(sizes.of(0)).saturating_mul(2).saturating_add(11)
});
const MADE: Cost = Cost::By(|sizes: &Sizes<'_>| sizes.result.saturating_add(11));
const READ: Cost = Cost::By(|sizes: &Sizes<'_>| sizes.of(0).saturating_add(11));

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::member("sum", "list_int_sum_int", "list(int) -> int", |arguments| {
        sum(arguments, Value::Int(0))
    })
    .cost(Cost::Contents),
    Overload::member("sum", "list_uint_sum_uint", "list(uint) -> uint", |arguments| {
        sum(arguments, Value::Uint(0))
    })
    .cost(Cost::Contents),
    Overload::member("sum", "list_double_sum_double", "list(double) -> double", |arguments| {
        sum(arguments, Value::Double(0.0))
    })
    .cost(Cost::Contents),
    Overload::member(
        "sum",
        "list_duration_sum_duration",
        "list(duration) -> duration",
        |arguments| sum(arguments, Value::Duration(Duration(0))),
    )
    .cost(Cost::Contents),
    Overload::member("indexOf", "list_a_index_of_int", "list(A), A -> int", index_of)
        .cost(Cost::Contents),
    Overload::member("lastIndexOf", "list_a_last_index_of_int", "list(A), A -> int", last_index_of)
        .cost(Cost::Contents),
    Overload::member("slice", "list_slice", "list(T), int, int -> list(T)", slice).cost(MADE),
    Overload::member("flatten", "list_flatten", "list(list(T)) -> list(T)", flatten).cost(READ),
    Overload::member("flatten", "list_flatten_int", "list(dyn), int -> list(dyn)", flatten)
        .cost(READ),
    Overload::global("lists.range", "lists_range", "int -> list(int)", range).cost(MADE),
    Overload::member("reverse", "list_reverse", "list(T) -> list(T)", reverse).cost(MADE),
    Overload::member("distinct", "list_distinct", "list(T) -> list(T)", distinct).cost(SQUARE),
];

fn list<'v, 'a>(arguments: &'v [Value<'a>]) -> Result<&'v List<'a>, EvaluateError> {
    arguments.first().ok_or(EvaluateError::NO_SUCH_OVERLOAD)?.as_list()
}

fn has_order(value: &Value<'_>) -> bool {
    compare(value, value).is_ok() || matches!(value, Value::Double(_))
}

/// The list, all of whose items have an order.
fn ordered<'v, 'a>(arguments: &'v [Value<'a>]) -> Result<&'v List<'a>, EvaluateError> {
    let list = list(arguments)?;
    match list.iter().all(|item| has_order(&item)) {
        true => Ok(list),
        false => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn is_sorted<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let list = ordered(arguments)?;
    let pairs = list.iter().zip(list.iter().skip(1));
    let mut orders = pairs.map(|(first, second)| compare(&first, &second));
    Ok((!orders.any(|order| order == Ok(Ordering::Greater))).into())
}

fn extreme<'a>(arguments: &[Value<'a>], name: &str, replaces: Ordering) -> Outcome<'a> {
    let items = ordered(arguments)?.iter();
    let extreme = items.reduce(|best, next| match compare(&best, &next) {
        Ok(order) if order == replaces => next,
        _ => best,
    });
    extreme.ok_or_else(|| EvaluateError::failed(format!("{name} called on empty list")))
}

fn min<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    extreme(arguments, "min", Ordering::Greater)
}

fn max<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    extreme(arguments, "max", Ordering::Less)
}

fn sum<'a>(arguments: &[Value<'a>], zero: Value<'a>) -> Outcome<'a> {
    let mut items = list(arguments)?.iter();
    items.try_fold(zero, |sum, item| super::operators::add(&[sum, item]))
}

fn place(found: Option<usize>) -> i64 {
    found.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1)
}

fn index_of<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [list, wanted] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let found = list.as_list()?.iter().position(|item| equal(&item, wanted));
    Ok(place(found).into())
}

fn last_index_of<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [list, wanted] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let found = list.as_list()?.iter().rposition(|item| equal(&item, wanted));
    Ok(place(found).into())
}

fn slice<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [list, start, end] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let (list, start, end) = (list.as_list()?, start.as_int()?, end.as_int()?);
    let refused =
        |why: String| Err(EvaluateError::failed(format!("cannot slice({start}, {end}), {why}")));
    let (Ok(from), Ok(until)) = (usize::try_from(start), usize::try_from(end)) else {
        return refused("negative indexes not supported".to_owned());
    };
    if from > until {
        return refused("start index must be less than or equal to end index".to_owned());
    }
    if until > list.len() {
        return refused(format!("list is length {}", list.len()));
    }
    Ok(Value::list(list.iter().skip(from).take(until - from).collect()))
}

fn flatten<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let depth = arguments.get(1).map_or(Ok(1), Value::as_int)?;
    let depth =
        u64::try_from(depth).map_err(|_| EvaluateError::text("level must be non-negative"))?;
    let mut flat = Vec::new();
    flatten_into(list(arguments)?, depth, &mut flat)?;
    Ok(Value::list(flat))
}

fn flatten_into<'a>(
    list: &List<'a>,
    depth: u64,
    flat: &mut Vec<Value<'a>>,
) -> Result<(), EvaluateError> {
    limits::items(flat.len().saturating_add(list.len()))?;
    for item in list.iter() {
        match item {
            Value::List(inner) if depth > 0 => flatten_into(&inner, depth - 1, flat)?,
            item => flat.push(item),
        }
    }
    Ok(())
}

fn range<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [end] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let end = end.as_int()?;
    limits::items(usize::try_from(end).unwrap_or(0))?;
    Ok(Value::list((0..end).map(Value::Int).collect()))
}

fn reverse<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::list(list(arguments)?.iter().rev().collect()))
}

fn distinct<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let list = list(arguments)?;
    limits::comparisons(list.len(), list.len())?;
    let mut seen: Vec<Value<'a>> = Vec::new();
    for item in list.iter() {
        if !seen.iter().any(|other| equal(&item, other)) {
            seen.push(item);
        }
    }
    Ok(Value::list(seen))
}

fn sort<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let list = list(arguments)?;
    sorted(list, list)
}

fn sort_by<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    match arguments {
        [list, keys] => sorted(list.as_list()?, keys.as_list()?),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn sorted<'a>(list: &List<'a>, keys: &List<'a>) -> Outcome<'a> {
    limits::comparisons(keys.len(), keys.len())?;
    let Some(first) = keys.get(0) else { return Ok(Value::List(list.clone())) };
    if !has_order(&first) {
        return Err(EvaluateError::text("list elements must be comparable"));
    }
    let of = first.type_of();
    if keys.iter().any(|key| key.type_of() != of) {
        return Err(EvaluateError::text("list elements must have the same type"));
    }
    let mut pairs: Vec<_> = keys.iter().zip(list.iter()).collect();
    pairs.sort_by(|(one, _), (other, _)| compare(one, other).unwrap_or(Ordering::Equal));
    Ok(Value::list(pairs.into_iter().map(|(_, item)| item).collect()))
}
