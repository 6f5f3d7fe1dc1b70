//! Parts of texts that regular expressions find.

use super::{Overload, Patterns};
use crate::cel::cost::Cost;
use crate::cel::error::EvaluateError;
use crate::cel::limits;
use crate::cel::value::{Outcome, Value};

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::member("find", "string_find_string", "string, string -> string", NOT_PLAIN)
        .regex(find)
        .cost(Cost::Regex),
    Overload::member(
        "findAll",
        "string_find_all_string",
        "string, string -> list(string)",
        NOT_PLAIN,
    )
    .regex(find_all)
    .cost(Cost::Regex),
    Overload::member(
        "findAll",
        "string_find_all_string_int",
        "string, string, int -> list(string)",
        NOT_PLAIN,
    )
    .regex(find_all)
    .cost(Cost::Regex),
];

const NOT_PLAIN: for<'a> fn(&[Value<'a>]) -> Outcome<'a> = super::operators::step;

fn found<'v>(
    arguments: &'v [Value<'_>],
    patterns: &dyn Patterns,
    limit: usize,
) -> Result<Vec<&'v str>, EvaluateError> {
    let [text, pattern, ..] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    patterns.find_all(pattern.as_text()?, text.as_text()?, limit).map_err(|error| match error {
        EvaluateError::Failed(text) => EvaluateError::failed(format!("Illegal regex: {text}")),
        EvaluateError::OverBudget => EvaluateError::OverBudget,
    })
}

fn find<'a>(arguments: &[Value<'a>], patterns: &dyn Patterns) -> Outcome<'a> {
    Ok((*found(arguments, patterns, 1)?.first().unwrap_or(&"")).into())
}

fn find_all<'a>(arguments: &[Value<'a>], patterns: &dyn Patterns) -> Outcome<'a> {
    let limit = arguments.get(2).map_or(Ok(-1), Value::as_int)?;
    let found = found(arguments, patterns, usize::try_from(limit).unwrap_or(usize::MAX))?;
    limits::items(found.len())?;
    Ok(Value::list(found.into_iter().map(Value::from).collect()))
}
