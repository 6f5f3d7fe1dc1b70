//! Expands the macros, which look like calls.

use super::ast::{Call, Expression, Fold, Kind, Mode, OptionalMap, What};
use super::{Result, expression};
use crate::cel::error::{Issue, Place};

/// The macro that the call is, or the call itself.
pub(super) fn expand(place: Place, mut call: Call) -> Result<Expression> {
    let count = call.arguments.len();
    let Some(target) = call.target.take() else {
        return match (call.name.as_str(), count) {
            ("has", 1) => has(place, call),
            _ => expression(place, Kind::Call(call)),
        };
    };
    let what = match (call.name.as_str(), count) {
        ("all", 2 | 3) => What::All,
        ("exists", 2 | 3) => What::Exists,
        ("exists_one", 2 | 3) | ("existsOne", 3) => What::ExistsOne,
        ("map", 2 | 3) => return one_variable(place, *target, call),
        ("filter", 2) => return filter(place, *target, call),
        ("sortBy", 2) => return sort_by(place, *target, call),
        ("transformList", 3 | 4) => What::List,
        ("transformMap", 3 | 4) => What::Map,
        ("transformMapEntry", 3 | 4) => What::MapOfEntries,
        ("optMap" | "optFlatMap", 2) => return optional_map(place, *target, call),
        _ => {
            call.target = Some(target);
            return expression(place, Kind::Call(call));
        }
    };
    quantifier(place, what, *target, call)
}

fn has(place: Place, call: Call) -> Result<Expression> {
    match call.arguments.into_iter().next() {
        Some(Expression { kind: Kind::Select(operand, field, Mode::Plain), .. }) => {
            expression(place, Kind::Select(operand, field, Mode::Test))
        }
        other => {
            let place = other.map_or(place, |other| other.place);
            Err(Issue { place, message: "invalid argument to has() macro".to_owned() })
        }
    }
}

/// The name of a variable that a macro declares.
fn variable(argument: Option<Expression>, complaint: &str) -> Result<String> {
    let (place, message) = match argument {
        Some(Expression { kind: Kind::Name(name), place, .. }) => match name.as_str() {
            "__result__" => (place, "iteration variable overwrites accumulator variable"),
            name if name.starts_with('.') => (place, complaint),
            _ => return Ok(name),
        },
        other => (other.map_or(Place::default(), |other| other.place), complaint),
    };
    Err(Issue { place, message: message.to_owned() })
}

/// `map`, with or without a filter.
fn one_variable(place: Place, range: Expression, call: Call) -> Result<Expression> {
    let mut arguments = call.arguments.into_iter();
    let first = variable(arguments.next(), "argument is not an identifier")?;
    let body = arguments.next_back();
    fold(place, What::List, range, (first, None), (arguments.next(), body))
}

fn filter(place: Place, range: Expression, call: Call) -> Result<Expression> {
    let mut arguments = call.arguments.into_iter();
    let item = arguments.next();
    let first = variable(item.clone(), "argument is not an identifier")?;
    fold(place, What::List, range, (first, None), (arguments.next(), item))
}

/// `all`, `exists`, `existsOne` with one variable or two, and what always has two.
fn quantifier(place: Place, what: What, range: Expression, call: Call) -> Result<Expression> {
    let has_two =
        call.arguments.len() > 2 || !matches!(what, What::All | What::Exists | What::ExistsOne);
    let mut arguments = call.arguments.into_iter();
    let complaint = "argument must be a simple name";
    let first = variable(arguments.next(), complaint)?;
    let second = match has_two {
        true => {
            let argument = arguments.next();
            let place = argument.as_ref().map_or(place, |argument| argument.place);
            let second = variable(argument, complaint)?;
            if first == second {
                let message = format!("duplicate variable name: {first}");
                return Err(Issue { place, message });
            }
            Some(second)
        }
        false => None,
    };
    let body = arguments.next_back();
    fold(place, what, range, (first, second), (arguments.next(), body))
}

fn fold(
    place: Place,
    what: What,
    range: Expression,
    (first, second): (String, Option<String>),
    (filter, body): (Option<Expression>, Option<Expression>),
) -> Result<Expression> {
    let body = body.ok_or(Issue { place, message: "an argument is missing".to_owned() })?;
    expression(place, Kind::Fold(Box::new(Fold { what, range, first, second, filter, body })))
}

fn sort_by(place: Place, range: Expression, call: Call) -> Result<Expression> {
    if matches!(range.kind, Kind::Literal(_) | Kind::Map(_)) {
        let message = "sortBy can only be applied to a list, identifier, comprehension, call or \
                       select expression";
        return Err(Issue { place: range.place, message: message.to_owned() });
    }
    let mapped = one_variable(place, range, call)?;
    match mapped.kind {
        Kind::Fold(fold) => expression(place, Kind::SortBy(fold)),
        kind => expression(place, kind),
    }
}

fn optional_map(place: Place, target: Expression, call: Call) -> Result<Expression> {
    let is_flat = call.name == "optFlatMap";
    let complaint = format!("{}() variable name must be a simple identifier", call.name);
    let mut arguments = call.arguments.into_iter();
    let variable = variable(arguments.next(), &complaint)?;
    match arguments.next() {
        Some(body) => {
            let map = OptionalMap { target, variable, body, is_flat };
            expression(place, Kind::OptionalMap(Box::new(map)))
        }
        None => Err(Issue { place, message: complaint }),
    }
}
