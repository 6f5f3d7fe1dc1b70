//! What expressions may name, and how they become programs.

use std::collections::HashMap;

use super::check::check;
use super::error::{CompileError, Issue, Place};
use super::parser::{self, parse};
use super::program::Program;
use super::types::Type;
use super::variables::VARIABLES;

/// What Kubernetes shows of a namespace.
const NAMESPACE: &[(&str, &[(&str, &str)])] = &[
    (
        "kubernetes.Namespace",
        &[
            ("metadata", "kubernetes.NamespaceMetadata"),
            ("spec", "kubernetes.NamespaceSpec"),
            ("status", "kubernetes.NamespaceStatus"),
        ],
    ),
    (
        "kubernetes.NamespaceMetadata",
        &[
            ("name", "string"),
            ("generateName", "string"),
            ("namespace", "string"),
            ("labels", "map(string, string)"),
            ("annotations", "map(string, string)"),
            ("UID", "string"),
            ("creationTimestamp", "timestamp"),
            ("deletionGracePeriodSeconds", "int"),
            ("deletionTimestamp", "timestamp"),
            ("generation", "int"),
            ("resourceVersion", "string"),
            ("finalizers", "list(string)"),
        ],
    ),
    ("kubernetes.NamespaceSpec", &[("finalizers", "list(string)")]),
    (
        "kubernetes.NamespaceStatus",
        &[("conditions", "list(kubernetes.NamespaceCondition)"), ("phase", "string")],
    ),
    (
        "kubernetes.NamespaceCondition",
        &[
            ("status", "string"),
            ("type", "string"),
            ("lastTransitionTime", "timestamp"),
            ("message", "string"),
            ("reason", "string"),
        ],
    ),
];

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

    /// That of a `ValidatingAdmissionPolicy`, as far as an audit can know it: `object`, `params`,
    /// `namespaceObject` and `variables`, whose fields are to be declared one by one.
    #[must_use]
    pub fn admission() -> Self {
        let of_type = |name: &str| Type::Opaque(name.into(), [].into());
        let mut environment = Self::new()
            .variable("object", Type::Dyn)
            .variable("params", Type::Dyn)
            .variable("namespaceObject", of_type("kubernetes.Namespace"))
            .variable("variables", of_type(VARIABLES))
            .object_type(VARIABLES, &[]);
        for (name, fields) in NAMESPACE {
            let fields = fields.iter().filter_map(|(field, of)| Some((*field, Type::parse(of)?)));
            environment = environment.object_type(name, &fields.collect::<Vec<_>>());
        }
        environment
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

/// The expression with another text in the place of a variable; fields of that name stay.
pub fn replace(expression: &str, variable: &str, with: &str) -> Result<String, CompileError> {
    let replaced = parser::replace(expression, variable, with);
    replaced.map_err(|issue| CompileError { issues: vec![issue] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_has_the_fields_that_kubernetes_shows() {
        let environment = Environment::admission();
        let result = |text: &str| {
            let program = environment.compile(text).map_err(|error| error.to_string());
            program.map(|program| program.result().to_string())
        };
        assert_eq!(result("namespaceObject.metadata.labels['a']").as_deref(), Ok("string"));
        assert_eq!(result("namespaceObject.status.conditions[0].type").as_deref(), Ok("string"));
        assert_eq!(result("params.limit").as_deref(), Ok("dyn"));
        let error = "1:25: undefined field 'uid'".to_owned();
        assert_eq!(result("namespaceObject.metadata.uid"), Err(error));
        let error = "1:1: undeclared reference to 'request' (in container '')".to_owned();
        assert_eq!(result("request.operation"), Err(error));
    }
}
