//! Programs: compiled once, run for many objects.

use super::cost::Range;
use super::estimate::estimate;
use super::eval::Machine;
use super::pattern::{Literals, Patterns};
use super::plan::Node;
use super::types::Type;
use super::value::{Outcome, Value};

/// An expression that can be run.
#[derive(Debug)]
pub struct Program {
    node: Node,
    result: Type,
    cost: Range,
    patterns: Literals,
}

impl Program {
    pub(super) fn new(node: Node, result: Type) -> Self {
        let patterns = Literals::of(&node);
        let cost = estimate(&node);
        Self { node, result, cost, patterns }
    }

    /// The type of its result.
    #[must_use]
    pub fn result(&self) -> &Type {
        &self.result
    }

    /// What it costs to run, as far as its text can tell.
    #[must_use]
    pub fn cost(&self) -> Range {
        self.cost
    }

    /// Runs it, and takes what that costs from the budget.
    pub fn evaluate<'a>(&'a self, activation: &Activation<'a>, budget: &mut Budget) -> Outcome<'a> {
        Machine::new(activation, Patterns::new(&self.patterns), budget).run(&self.node)
    }
}

/// The values of the variables.
#[derive(Clone, Debug, Default)]
pub struct Activation<'a> {
    values: Vec<(&'a str, Value<'a>)>,
}

impl<'a> Activation<'a> {
    /// One without values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With the value of one variable more.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: impl Into<Value<'a>>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.values.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// What may still be spent.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
    limit: u64,
}

impl Budget {
    /// What Kubernetes lets one expression cost.
    pub const EXPRESSION: u64 = 1_000_000;
    /// What Kubernetes lets the expressions of a policy cost for one object.
    pub const POLICY: u64 = 10_000_000;
    /// What Kubernetes lets the conditions of a policy cost for one object.
    pub const CONDITIONS: u64 = 2_500_000;

    /// So much.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self { left: limit, limit }
    }

    /// What has been spent of it.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.limit - self.left
    }

    /// What is left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Spends so much; `false` when there was not enough.
    pub(super) fn spend(&mut self, cost: u64) -> bool {
        let enough = self.left >= cost;
        self.left = self.left.saturating_sub(cost);
        enough
    }
}
