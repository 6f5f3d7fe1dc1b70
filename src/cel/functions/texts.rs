//! What every environment can ask of a text: `contains`, `startsWith`, `endsWith`, `matches`.

use super::{Overload, Patterns};
use crate::cel::cost::{Cost, Sizes, traversal};
use crate::cel::error::EvaluateError;
use crate::cel::value::{Outcome, Value};

const EACH_WITH_EACH: Cost =
    Cost::By(|sizes: &Sizes<'_>| traversal(sizes.of(0)).saturating_mul(traversal(sizes.of(1))));

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::member("contains", "contains_string", "string, string -> bool", contains)
        .cost(EACH_WITH_EACH),
    Overload::member("endsWith", "ends_with_string", "string, string -> bool", ends_with)
        .cost(Cost::Reading(1)),
    Overload::member("startsWith", "starts_with_string", "string, string -> bool", starts_with)
        .cost(Cost::Reading(1)),
    Overload::global("matches", "matches", "string, string -> bool", super::operators::step)
        .regex(matches),
    Overload::member("matches", "matches_string", "string, string -> bool", super::operators::step)
        .regex(matches)
        .cost(Cost::Regex),
];

fn both<'v>(arguments: &'v [Value<'_>]) -> Result<(&'v str, &'v str), EvaluateError> {
    match arguments {
        [text, other] => Ok((text.as_text()?, other.as_text()?)),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn contains<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    both(arguments).map(|(text, part)| text.contains(part).into())
}

fn ends_with<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    both(arguments).map(|(text, end)| text.ends_with(end).into())
}

fn starts_with<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    both(arguments).map(|(text, start)| text.starts_with(start).into())
}

fn matches<'a>(arguments: &[Value<'a>], patterns: &dyn Patterns) -> Outcome<'a> {
    let (text, pattern) = both(arguments)?;
    Ok((!patterns.find_all(pattern, text, 1)?.is_empty()).into())
}
