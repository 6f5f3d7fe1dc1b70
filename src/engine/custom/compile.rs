//! From the text of a custom check to programs.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::{
    api::{self, NamedExpression},
    cel::{
        Budget, Environment, Program, VARIABLES,
        error::{CompileError, Issue},
        types::Type,
    },
    engine::{PolicyError, Rejected, RejectedPlace},
};

use super::{Credit, CustomCheck, Expression, Match, OBJECTS, Related, Validation, related};

/// How long an id and a title may be, as the definition of policies says.
const ID: usize = 32;

/// Why a check cannot be had: the field within it, and what is wrong there.
struct Fault {
    field: String,
    position: Option<(u32, u32)>,
    problem: String,
}

impl Fault {
    fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), position: None, problem: problem.into() }
    }

    fn in_expression(field: &str, error: &CompileError) -> Self {
        let more = match error.issues.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        let first = error.issues.first();
        let problem = |Issue { message, .. }: &Issue| format!("{message}{more}");
        Self {
            field: field.to_owned(),
            position: first.map(|issue| (issue.place.line, issue.place.column)),
            problem: first.map(problem).unwrap_or_default(),
        }
    }

    /// `at` is the field of the policy that the check stands in.
    fn reject(self, id: &str, at: &str) -> Rejected {
        let Self { field, position, problem } = self;
        let spot = position.map(|(line, column)| format!(", line {line}, column {column}"));
        let place = RejectedPlace { field: format!("{at}.{field}"), position };
        Rejected {
            id: id.to_owned(),
            reason: format!("{field}{}: {problem}", spot.unwrap_or_default()),
            place: Some(place),
        }
    }
}

impl From<PolicyError> for Fault {
    fn from(error: PolicyError) -> Self {
        let (field, problem) = error.into_parts();
        Self::new(field, problem)
    }
}

impl CustomCheck {
    /// Compiles the check with this full id, which stands in the field `at` of its policy.
    pub(in crate::engine) fn compile(
        id: &str,
        at: &str,
        written: &api::CustomCheck,
        credit: &Arc<Credit>,
    ) -> Result<Self, Rejected> {
        compile(id, written, credit).map_err(|fault| fault.reject(id, at))
    }
}

fn compile(
    id: &str,
    written: &api::CustomCheck,
    credit: &Arc<Credit>,
) -> Result<CustomCheck, Fault> {
    check_id(&written.id)?;
    let related = related::compile(&written.related_kinds)?;
    let matches = matches(written)?;
    if written.validations.is_empty() {
        return Err(Fault::new("validations", "holds none, so that nothing can be found"));
    }
    let plain = Environment::admission();
    let conditions = named(&plain, "matchConditions", &written.match_conditions)?;
    let (environment, variables) = variables(seeing(plain, &related), &written.variables)?;
    let validations = written.validations.iter().enumerate();
    let validations = validations
        .map(|(index, validation)| compile_validation(&environment, index, validation))
        .collect::<Result<_, _>>()?;
    let reads_namespaces =
        mentions_namespace(written) || matches.iter().any(Match::reads_namespaces);
    Ok(CustomCheck {
        id: id.into(),
        title: written.title.trim().into(),
        documentation: written.documentation.as_deref().unwrap_or_default().trim().into(),
        category: written.category.as_str().into(),
        severity: written.severity,
        version: serde_json::to_string(written).unwrap_or_default(),
        matches,
        reads_namespaces,
        related,
        params: Json::Object(written.params.clone()),
        conditions,
        variables,
        validations,
        credit: Arc::clone(credit),
    })
}

/// An environment that knows the objects of related kinds, if there are any.
fn seeing(environment: Environment, related: &[Related]) -> Environment {
    match related {
        [] => environment,
        _ => environment.variable(OBJECTS, Type::list(Type::Dyn)),
    }
}

fn matches(written: &api::CustomCheck) -> Result<Vec<Match>, Fault> {
    if written.matches.is_empty() {
        return Err(Fault::new("match", "names no kind, so that nothing is judged"));
    }
    let matches = written.matches.iter().enumerate();
    let compile = |(index, entry)| Match::compile(&format!("match[{index}]"), entry);
    matches.map(|entry| compile(entry).map_err(Fault::from)).collect()
}

/// Files are not held against the definition of policies, and an id becomes the name of items.
fn check_id(id: &str) -> Result<(), Fault> {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_right = (1..=ID).contains(&id.len())
        && id.chars().all(is_inner)
        && !id.starts_with('-')
        && !id.ends_with('-');
    match is_right {
        true => Ok(()),
        false => Err(Fault::new("id", "is not a name of at most 32 of a-z, 0-9 and -")),
    }
}

fn named(
    environment: &Environment,
    list: &str,
    written: &[NamedExpression],
) -> Result<Vec<Expression>, Fault> {
    let compile = |(index, entry): (usize, &NamedExpression)| {
        expression(
            environment,
            format!("{list}[{index}].expression"),
            &Type::Bool,
            &entry.expression,
        )
    };
    written.iter().enumerate().map(compile).collect()
}

/// Each variable may name those before it.
fn variables(
    mut environment: Environment,
    written: &[NamedExpression],
) -> Result<(Environment, Vec<(String, Program)>), Fault> {
    let mut programs: Vec<(String, Program)> = Vec::new();
    for (index, NamedExpression { name, expression }) in written.iter().enumerate() {
        if programs.iter().any(|(known, _)| known == name) {
            return Err(Fault::new(format!("variables[{index}].name"), "is given twice"));
        }
        let field = format!("variables[{index}].expression");
        let compiled = environment.compile(expression);
        let program = compiled.map_err(|error| Fault::in_expression(&field, &error))?;
        affordable(&field, &program)?;
        environment = environment.object_type(VARIABLES, &[(name, program.result().clone())]);
        programs.push((name.clone(), program));
    }
    Ok((environment, programs))
}

fn compile_validation(
    environment: &Environment,
    index: usize,
    written: &api::Validation,
) -> Result<Validation, Fault> {
    let api::Validation { expression: text, message, message_expression, path } = written;
    let field = |name: &str| format!("validations[{index}].{name}");
    let path = path.as_deref().unwrap_or_default();
    if !path.is_empty() && !path.starts_with('/') {
        return Err(Fault::new(
            field("path"),
            "is not a JSON pointer, for example /metadata/labels",
        ));
    }
    let message_expression = message_expression
        .as_deref()
        .map(|text| expression(environment, field("messageExpression"), &Type::String, text));
    Ok(Validation {
        expression: expression(environment, field("expression"), &Type::Bool, text)?,
        text: text.trim().into(),
        message: message.as_deref().unwrap_or_default().trim().into(),
        message_expression: message_expression.transpose()?.map(|expression| expression.program),
        path: path.into(),
    })
}

fn expression(
    environment: &Environment,
    field: String,
    of: &Type,
    text: &str,
) -> Result<Expression, Fault> {
    let program = environment.compile_as(of, text);
    let program = program.map_err(|error| Fault::in_expression(&field, &error))?;
    affordable(&field, &program)?;
    Ok(Expression { field, program })
}

/// What costs too much whatever the object is, is not tried.
fn affordable(field: &str, program: &Program) -> Result<(), Fault> {
    let least = program.cost().min;
    if least <= Budget::EXPRESSION {
        return Ok(());
    }
    let limit = Budget::EXPRESSION;
    Err(Fault::new(field, format!("costs at least {least}; an expression may cost {limit}")))
}

/// Whether an expression may name the namespace; a text that holds the word does no harm.
fn mentions_namespace(written: &api::CustomCheck) -> bool {
    let variables = written.variables.iter().map(|entry| &entry.expression);
    let validations = written.validations.iter();
    let validations = validations.flat_map(|validation| {
        [Some(&validation.expression), validation.message_expression.as_ref()]
    });
    variables.chain(validations.flatten()).any(|text| text.contains("namespaceObject"))
}
