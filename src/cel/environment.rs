//! What expressions may name, and how they become programs.

use std::collections::HashMap;

use super::check::check;
use super::error::{CompileError, Issue, Place};
use super::parser::parse;
use super::program::Program;
use super::types::Type;

/// The variables that expressions may name.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    pub(super) variables: HashMap<String, Type>,
    pub(super) fields: HashMap<String, HashMap<String, Type>>,
}

impl Environment {
    /// One without variables.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one variable more.
    #[must_use]
    pub fn variable(mut self, name: &str, of: Type) -> Self {
        self.variables.insert(name.to_owned(), of);
        self
    }

    /// With a type of that name more, whose values have these fields and no others; a field that
    /// it has already gets another type.
    #[must_use]
    pub fn object_type(mut self, name: &str, fields: &[(&str, Type)]) -> Self {
        let known = self.fields.entry(name.to_owned()).or_default();
        known.extend(fields.iter().map(|(field, of)| ((*field).to_owned(), of.clone())));
        self
    }

    /// The program that an expression is, whose result has to be of that type.
    pub fn compile_as(&self, of: &Type, expression: &str) -> Result<Program, CompileError> {
        let program = self.compile(expression)?;
        if program.result() == of {
            return Ok(program);
        }
        let message = format!("must evaluate to {of} but got {}", program.result());
        Err(CompileError { issues: vec![Issue { place: Place { line: 1, column: 1 }, message }] })
    }

    /// The program that an expression is.
    pub fn compile(&self, expression: &str) -> Result<Program, CompileError> {
        let tree = parse(expression).map_err(|issue| CompileError { issues: vec![issue] })?;
        let checked = check(self, &tree);
        let (node, result) = checked.map_err(|issues| CompileError { issues })?;
        Ok(Program::new(node, result))
    }
}
