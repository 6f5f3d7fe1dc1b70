//! Runs programs, and counts what they cost.

mod calls;
mod folds;
mod select;

use super::error::EvaluateError;
use super::parser::ast::Logic;
use super::pattern::Patterns;
use super::plan::Node;
use super::program::{Activation, Budget};
use super::value::{Entries, Key, Map, Outcome, Value, equal};

/// How many steps that Kubernetes does not count one run may take: items and bytes copied.
const MAX_WORK: u64 = 5_000_000;

pub(super) struct Machine<'a, 'm> {
    activation: &'m Activation<'a>,
    patterns: Patterns<'a>,
    budget: &'m mut Budget,
    /// Values of the variables of macros.
    locals: Vec<Value<'a>>,
    work: u64,
}

impl<'a, 'm> Machine<'a, 'm> {
    pub(super) fn new(
        activation: &'m Activation<'a>,
        patterns: Patterns<'a>,
        budget: &'m mut Budget,
    ) -> Self {
        Self { activation, patterns, budget, locals: Vec::new(), work: 0 }
    }

    fn spend(&mut self, cost: u64) -> Result<(), EvaluateError> {
        if self.budget.spend(cost) { Ok(()) } else { Err(EvaluateError::OverBudget) }
    }

    fn work(&mut self, steps: usize) -> Result<(), EvaluateError> {
        self.work = self.work.saturating_add(steps as u64);
        if self.work > MAX_WORK { Err(EvaluateError::OverBudget) } else { Ok(()) }
    }

    pub(super) fn run(&mut self, node: &'a Node) -> Outcome<'a> {
        match node {
            Node::Constant(constant) => Ok(constant.value()),
            Node::Variable(name) => {
                self.spend(1)?;
                let value = self.activation.get(name).cloned();
                let missing = || format!("no such attribute(s): {name}");
                value.ok_or_else(|| EvaluateError::failed(missing()))
            }
            Node::Local(index) => {
                self.spend(1)?;
                let missing = EvaluateError::text("no such attribute(s)");
                self.locals.get(*index).cloned().ok_or(missing)
            }
            Node::Select(operand, field, mode) => self.select(operand, field, *mode),
            Node::Index(both, is_optional) => self.index(both, *is_optional),
            Node::Call(call) => self.call(call),
            Node::Logic(logic, terms) => self.logic(*logic, terms),
            Node::Conditional(parts) => self.conditional(parts),
            Node::Equal(both, is_negated) => self.equal(both, *is_negated),
            Node::OrElse(both, is_value) => self.or_else(both, *is_value),
            Node::List(items) => self.list(items),
            Node::Map(entries) => self.map(entries),
            Node::Fold(fold) => self.fold(fold),
            Node::OptionalMap(map) => self.optional_map(map),
            Node::SortBy(fold, call) => self.sort_by(fold, call),
        }
    }

    /// One term that decides outweighs the errors of others.
    fn logic(&mut self, logic: Logic, terms: &'a [Node]) -> Outcome<'a> {
        let mut failure = None;
        for term in terms {
            match self.run(term) {
                Ok(Value::Bool(flag)) if flag == (logic == Logic::Or) => return Ok(flag.into()),
                Ok(Value::Bool(_)) => {}
                Ok(_) => failure = failure.or(Some(EvaluateError::NO_SUCH_OVERLOAD)),
                Err(EvaluateError::OverBudget) => return Err(EvaluateError::OverBudget),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok((logic == Logic::And).into()), Err)
    }

    fn conditional(&mut self, [condition, yes, no]: &'a [Node; 3]) -> Outcome<'a> {
        let branch = match self.run(condition)? {
            Value::Bool(true) => yes,
            Value::Bool(false) => no,
            _ => return Err(EvaluateError::NO_SUCH_OVERLOAD),
        };
        self.run(branch)
    }

    fn equal(&mut self, [left, right]: &'a [Node; 2], is_negated: bool) -> Outcome<'a> {
        let (left, right) = (self.run(left), self.run(right));
        let (left, right) = (left?, right?);
        let (size, other) = (left.cost_size(), right.cost_size());
        self.spend(size.min(other).div_ceil(10))?;
        if size == other {
            self.work(weight(&left).min(weight(&right)))?;
        }
        Ok((equal(&left, &right) != is_negated).into())
    }

    fn or_else(&mut self, [first, second]: &'a [Node; 2], is_value: bool) -> Outcome<'a> {
        match self.run(first)? {
            Value::Optional(Some(value)) if is_value => Ok((*value).clone()),
            some @ Value::Optional(Some(_)) => Ok(some),
            Value::Optional(None) => self.run(second),
            other => Ok(other),
        }
    }

    fn list(&mut self, items: &'a [(Node, bool)]) -> Outcome<'a> {
        let mut values = Vec::with_capacity(items.len());
        for (item, is_optional) in items {
            match (self.run(item)?, is_optional) {
                (Value::Optional(value), true) => {
                    values.extend(value.map(|value| (*value).clone()));
                }
                (_, true) => {
                    return Err(EvaluateError::text(
                        "cannot initialize optional list element from non-optional value",
                    ));
                }
                (value, false) => values.push(value),
            }
        }
        self.spend(10)?;
        Ok(Value::list(values))
    }

    fn map(&mut self, entries: &'a [(Node, Node, bool)]) -> Outcome<'a> {
        let mut map = Entries::new();
        for (key, value, is_optional) in entries {
            let key = Key::of(self.run(key)?).ok_or(EvaluateError::text("unsupported key type"))?;
            match (self.run(value)?, is_optional) {
                (Value::Optional(None), true) => drop(map.remove(&key)),
                (Value::Optional(Some(value)), true) => drop(map.insert(key, (*value).clone())),
                (_, true) => {
                    return Err(EvaluateError::text(
                        "cannot initialize optional entry from non-optional value",
                    ));
                }
                (value, false) => drop(map.insert(key, value)),
            }
        }
        self.spend(30)?;
        Ok(Value::Map(Map::Entries(map.into())))
    }
}

/// How many parts a comparison of the value may look at.
fn weight(value: &Value<'_>) -> usize {
    match value {
        Value::List(list) => list.iter().map(|item| weight(&item)).sum::<usize>() + 1,
        Value::Map(map) => {
            let values = map.keys().into_iter().filter_map(|key| map.find(&key).ok().flatten());
            values.map(|value| weight(&value)).sum::<usize>() + 1
        }
        _ => 1,
    }
}
