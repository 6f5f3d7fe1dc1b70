//! The variables of a policy, each worked out when it is first asked for.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;

use super::error::EvaluateError;
use super::program::{Activation, Budget, Program};
use super::value::{LazyFields, Map, Outcome, Text, Value};

/// The name of the type of [`Variables`], whose fields an environment declares one by one.
pub const VARIABLES: &str = "kubernetes.variables";

/// Named programs over one object. Each may name those before it.
pub struct Variables<'a> {
    programs: &'a [(String, Program)],
    activation: Activation<'a>,
    known: RefCell<HashMap<&'a str, Outcome<'a>>>,
    spent: Cell<u64>,
}

impl<'a> Variables<'a> {
    /// The variables of an object.
    #[must_use]
    pub fn new(programs: &'a [(String, Program)], activation: Activation<'a>) -> Self {
        let (known, spent) = (RefCell::default(), Cell::new(0));
        Self { programs, activation, known, spent }
    }

    /// The values for expressions that may name the variables, too.
    #[must_use]
    pub fn activation(&'a self) -> Activation<'a> {
        self.activation.clone().with("variables", Value::Map(Map::Lazy(self)))
    }

    /// What it has cost to work out those that were asked for.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.spent.get()
    }

    fn evaluate(&'a self, name: &str, program: &'a Program) -> Outcome<'a> {
        let mut budget = Budget::new(Budget::EXPRESSION);
        let outcome = program.evaluate(&self.activation(), &mut budget);
        self.spent.set(self.spent.get().saturating_add(budget.spent()));
        outcome.map_err(|error| {
            let text = format!("composited variable {name:?} fails to evaluate: {error}");
            EvaluateError::failed(text)
        })
    }
}

impl<'a> LazyFields<'a> for Variables<'a> {
    fn field(&'a self, name: &str) -> Option<Outcome<'a>> {
        let (name, program) = self.programs.iter().find(|(known, _)| known == name)?;
        if let Some(known) = self.known.borrow().get(name.as_str()) {
            return Some(known.clone());
        }
        let outcome = self.evaluate(name, program);
        self.known.borrow_mut().insert(name, outcome.clone());
        Some(outcome)
    }

    fn names(&self) -> Vec<Text<'a>> {
        self.programs.iter().map(|(name, _)| Text::Borrowed(name)).collect()
    }
}

impl fmt::Debug for Variables<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.programs.iter().map(|(name, _)| name)).finish()
    }
}
