//! Lists as sets: `sets.contains`, `sets.equivalent`, `sets.intersects`.

use super::Overload;
use crate::cel::cost::{Cost, Sizes};
use crate::cel::error::EvaluateError;
use crate::cel::limits;
use crate::cel::value::{List, Outcome, Value, equal};

const EACH_WITH_EACH: Cost = Cost::By(|sizes: &Sizes<'_>| product(sizes).saturating_add(1));
const BOTH_WAYS: Cost =
    Cost::By(|sizes: &Sizes<'_>| product(sizes).saturating_mul(2).saturating_add(1));

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("sets.contains", "list_sets_contains_list", PAIR, contains)
        .cost(EACH_WITH_EACH),
    Overload::global("sets.equivalent", "list_sets_equivalent_list", PAIR, equivalent)
        .cost(BOTH_WAYS),
    Overload::global("sets.intersects", "list_sets_intersects_list", PAIR, intersects)
        .cost(EACH_WITH_EACH),
];

const PAIR: &str = "list(T), list(T) -> bool";

fn product(sizes: &Sizes<'_>) -> u64 {
    sizes.of(0).saturating_mul(sizes.of(1))
}

fn both<'v, 'a>(arguments: &'v [Value<'a>]) -> Result<[&'v List<'a>; 2], EvaluateError> {
    let [left, right] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let (left, right) = (left.as_list()?, right.as_list()?);
    limits::comparisons(left.len(), right.len())?;
    Ok([left, right])
}

fn has(list: &List<'_>, item: &Value<'_>) -> bool {
    list.iter().any(|other| equal(&other, item))
}

fn has_all(list: &List<'_>, part: &List<'_>) -> bool {
    part.iter().all(|item| has(list, &item))
}

fn contains<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [list, part] = both(arguments)?;
    Ok(has_all(list, part).into())
}

fn equivalent<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [left, right] = both(arguments)?;
    Ok((has_all(left, right) && has_all(right, left)).into())
}

fn intersects<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [left, right] = both(arguments)?;
    Ok(left.iter().any(|item| has(right, &item)).into())
}
