//! Runs exported policies over objects as the API server would.
#![allow(missing_docs, dead_code, unreachable_pub, reason = "each test uses some of it")]

use holystone::{
    admission::{Action, Document, Exported, Order, ValidatingPolicySpec, export},
    api::{AuditPolicySpec, CheckSetting, Severity},
    cel::{
        Activation, Budget, Environment, Program, VARIABLES, Variables,
        types::Type,
        value::{Outcome, Value},
    },
    checks::Check,
    engine::Policy,
};
use serde_json::{Value as Json, json};

/// What is exported of a policy.
pub fn export_all(name: &str, spec: &AuditPolicySpec, minor: u16) -> Exported {
    let policy = Policy::compile(name, spec).unwrap();
    export(&Order {
        spec,
        policy: &policy,
        actions: &[Action::Deny],
        is_closed: false,
        kubernetes_minor: minor,
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
    })
}

/// A policy that asks for one check of the catalogue, everywhere.
pub fn policy_for(check: &Check, parameters: Option<&Json>) -> AuditPolicySpec {
    let mut spec = AuditPolicySpec { severity_floor: Severity::Info, ..Default::default() };
    spec.scope.namespaces.exclude = Vec::new();
    spec.checks.profiles = Vec::new();
    spec.checks.include = vec![check.id.to_owned()];
    if let Some(Json::Object(parameters)) = parameters {
        let setting = CheckSetting {
            check: check.id.to_owned(),
            severity: None,
            parameters: parameters.clone(),
        };
        spec.checks.settings = vec![setting];
    }
    spec
}

/// The one policy that a check becomes.
pub fn export_of(check: &Check, parameters: Option<&Json>, minor: u16) -> ValidatingPolicySpec {
    let exported = export_all("test", &policy_for(check, parameters), minor);
    assert_eq!(exported.left_out, [], "{}", check.id);
    match exported.documents.into_iter().next() {
        Some(Document::Policy(policy)) => policy.spec,
        other => panic!("{}: {other:?}", check.id),
    }
}

/// An exported policy, compiled.
struct Compiled {
    conditions: Vec<Program>,
    variables: Vec<(String, Program)>,
    validations: Vec<(Program, Option<Program>, String)>,
}

fn compile(policy: &ValidatingPolicySpec) -> Compiled {
    let mut environment = Environment::admission().variable("request", Type::Dyn);
    environment = environment.variable("oldObject", Type::Dyn);
    let compile = |environment: &Environment, of: &Type, text: &str| {
        let program = environment.compile_as(of, text);
        program.unwrap_or_else(|error| panic!("{text}\n{error}"))
    };
    let conditions = policy.match_conditions.iter();
    let conditions =
        conditions.map(|one| compile(&environment, &Type::Bool, &one.expression)).collect();
    let mut variables = Vec::new();
    for variable in &policy.variables {
        let program = environment.compile(&variable.expression);
        let program = program.unwrap_or_else(|error| panic!("{variable:?}\n{error}"));
        let result = program.result().clone();
        environment = environment.object_type(VARIABLES, &[(&variable.name, result)]);
        variables.push((variable.name.clone(), program));
    }
    let validations = policy.validations.iter().map(|one| {
        let message = one.message_expression.as_ref();
        let message = message.map(|text| compile(&environment, &Type::String, text));
        (compile(&environment, &Type::Bool, &one.expression), message, one.message.clone())
    });
    Compiled { conditions, variables, validations: validations.collect() }
}

fn run<'a>(program: &'a Program, activation: &Activation<'a>) -> Outcome<'a> {
    program.evaluate(activation, &mut Budget::new(Budget::EXPRESSION))
}

/// Whether an object is let in; the error is the message. What fails is let in, too.
pub fn admits(policy: &ValidatingPolicySpec, object: &Json) -> Result<(), String> {
    let request = json!({"userInfo": {"username": "alice"}, "operation": "CREATE"});
    let compiled = compile(policy);
    let activation = Activation::new().with("object", object).with("request", &request);
    for condition in &compiled.conditions {
        if !matches!(run(condition, &activation), Ok(Value::Bool(true))) {
            return Ok(());
        }
    }
    let variables = Variables::new(&compiled.variables, activation.clone());
    let activation = variables.activation();
    for (expression, said, message) in &compiled.validations {
        let outcome = run(expression, &activation);
        if let Err(error) = &outcome {
            println!("{object}: {error}");
        }
        if !matches!(outcome, Ok(Value::Bool(false))) {
            continue;
        }
        return Err(match said.as_ref().map(|said| run(said, &activation)) {
            Some(Ok(Value::String(text))) => text.to_string(),
            _ => message.clone(),
        });
    }
    Ok(())
}
