//! Calls of functions, and what they cost.

use std::sync::Arc;

use super::Machine;
use crate::cel::cost::{Cost, Sizes};
use crate::cel::error::EvaluateError;
use crate::cel::functions::{Body, Overload};
use crate::cel::plan::{Call, Constant, Node};
use crate::cel::registry::Declared;
use crate::cel::value::{Outcome, Value};

impl<'a> Machine<'a, '_> {
    pub(super) fn call(&mut self, call: &'a Call) -> Outcome<'a> {
        match &*call.arguments {
            [only] => {
                let arguments = [self.run(only)?];
                self.apply(call, &arguments)
            }
            [first, second] => {
                let arguments = [self.run(first)?, self.run(second)?];
                self.apply(call, &arguments)
            }
            several => {
                let arguments = several.iter().map(|one| self.run(one));
                let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
                self.apply(call, &arguments)
            }
        }
    }

    /// Runs the overload that the values fit.
    pub(super) fn apply(&mut self, call: &'a Call, arguments: &[Value<'a>]) -> Outcome<'a> {
        let fits = |declared: &&Arc<Declared>| {
            declared.parameters.iter().zip(arguments).all(|(of, value)| value.fits(of))
        };
        let found = call.candidates.iter().find(fits).or_else(|| unguarded(call, arguments));
        let Some(declared) = found else {
            return Err(no_such_overload(call, arguments));
        };
        let overload = &declared.overload;
        let result = match overload.body {
            Body::Plain(body) => body(arguments),
            Body::Regex(body) => body(arguments, &self.patterns),
        };
        let cost = cost(call, overload, arguments, result.as_ref().ok());
        self.spend(cost)?;
        let made = result.as_ref().map_or(0, made);
        self.work(made)?;
        result
    }
}

fn cost(
    call: &Call,
    overload: &Overload,
    arguments: &[Value<'_>],
    result: Option<&Value<'_>>,
) -> u64 {
    let is_operator = overload.name.starts_with(['_', '@']);
    if is_operator && call.candidates.len() > 1 {
        return 1;
    }
    // Membership of a constant list is looked up, which costs nothing.
    if let ("in_list", [_, Node::Constant(Constant::Json(_))]) = (overload.id, &*call.arguments) {
        return 0;
    }
    match overload.cost {
        Cost::One => 1,
        Cost::Contents => arguments.first().map_or(1, contents),
        cost => {
            let sizes: Vec<_> = arguments.iter().map(Value::cost_size).collect();
            let result = result.map_or(1, Value::cost_size);
            cost.of(&Sizes { arguments: &sizes, result, contents: 0 })
        }
    }
}

/// Some functions look at the items of their lists themselves.
fn unguarded<'c>(call: &'c Call, arguments: &[Value<'_>]) -> Option<&'c Arc<Declared>> {
    let first = call.candidates.first()?;
    let looks_itself = matches!(first.overload.name, "sort" | "@sortByAssociatedKeys" | "flatten");
    let has_list = matches!(arguments.first(), Some(Value::List(_)));
    (looks_itself && has_list).then_some(first)
}

/// The words of Kubernetes differ with the way in which a function finds its overload.
fn no_such_overload(call: &Call, arguments: &[Value<'_>]) -> EvaluateError {
    let name = call.candidates.first().map_or("", |declared| declared.overload.name);
    let is_literal = matches!(call.arguments.get(1), Some(Node::Constant(_)));
    match name {
        "contains" | "startsWith" | "endsWith" | "@in" | "!_" => EvaluateError::NO_SUCH_OVERLOAD,
        "matches" | "find" | "findAll" if is_literal => EvaluateError::NO_SUCH_OVERLOAD,
        "matches" | "size" | "-_" | "_+_" | "_-_" | "_*_" | "_/_" | "_%_" | "_<_" | "_<=_"
        | "_>_" | "_>=_" => match arguments.first() {
            Some(first) if is_operand(name, first) => EvaluateError::NO_SUCH_OVERLOAD,
            _ => EvaluateError::failed(format!("no such overload: {name}")),
        },
        name => {
            let types = arguments.iter().map(|value| value.type_of().runtime_name());
            let types: Vec<_> = types.collect();
            EvaluateError::failed(format!("no such overload: {name}({})", types.join(", ")))
        }
    }
}

/// Whether a value knows the operator, or answers for itself that it does not.
fn is_operand(operator: &str, value: &Value<'_>) -> bool {
    match value {
        Value::String(_) | Value::Duration(_) | Value::Timestamp(_) => true,
        Value::Int(_) | Value::Uint(_) | Value::Double(_) => {
            !matches!(operator, "size" | "matches")
        }
        Value::Bytes(_) => matches!(operator, "size" | "_+_") || operator.contains(['<', '>']),
        Value::List(_) => matches!(operator, "size" | "_+_"),
        Value::Bool(_) => operator == "-_" || operator.contains(['<', '>']),
        _ => false,
    }
}

/// How much a call has made.
fn made(value: &Value<'_>) -> usize {
    match value {
        Value::String(text) => text.len() / 16,
        Value::Bytes(bytes) => bytes.len() / 16,
        Value::List(list) => list.len(),
        _ => 0,
    }
}

/// The cost of reading all that is in a value.
fn contents(value: &Value<'_>) -> u64 {
    match value {
        Value::String(text) => text.len() as u64 / 10,
        Value::Bytes(bytes) => bytes.len() as u64 / 10,
        Value::List(list) => list.iter().map(|item| contents(&item)).sum(),
        Value::Map(map) => map
            .keys()
            .iter()
            .map(|key| {
                let value = map.find(key).ok().flatten();
                contents(key) + value.as_ref().map_or(0, contents)
            })
            .sum(),
        _ => 1,
    }
}
