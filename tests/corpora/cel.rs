//! Holds our CEL against `cel-functions`, whose results the API server's own CEL gave, and `cel`:
//! published policies, with the verdict that their authors state and the API server confirms.

use std::collections::HashMap;

use holystone::cel::{
    Activation, Budget, Environment, Program, VARIABLES, Variables,
    error::EvaluateError,
    types::Type,
    value::{Outcome, Value, shortest},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use super::{folder, reasons};

fn rows<T: DeserializeOwned>(name: &str) -> Option<Vec<T>> {
    let path = folder().join(format!("{name}.jsonl"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect())
}

fn report(name: &str, differences: impl Iterator<Item = (String, Option<String>)>) {
    let (reasons, mut count, mut wrong) = (reasons(), 0, Vec::new());
    for (id, difference) in differences {
        count += 1;
        match (difference, reasons.get(id.as_str())) {
            (Some(difference), None) => wrong.push(format!("{id}\t{difference}")),
            (None, Some(reason)) => wrong.push(format!("{id}\tagrees now, though: {reason}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{name}: {} of {count} rows:\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("{name}: {count} rows");
}

#[derive(Deserialize)]
struct Function {
    id: String,
    expression: String,
    #[serde(default)]
    object: Json,
    #[serde(rename = "type")]
    of: Option<String>,
    expected: Json,
    stage: Option<String>,
}

/// How the rows write a value.
fn written(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => json!(number),
        Value::Uint(number) => json!(number),
        Value::Double(number) if number.is_finite() => json!(number),
        Value::Double(number) => json!(shortest(*number)),
        Value::String(text) => json!(**text),
        Value::Bytes(bytes) => json!(base64(bytes)),
        Value::List(list) => list.iter().map(|item| written(&item)).collect(),
        Value::Map(map) => {
            let entry = |key: Value<'_>| {
                let value = map.find(&key).expect("a key").expect("a value");
                let key = written(&key);
                (key.as_str().map_or_else(|| key.to_string(), str::to_owned), written(&value))
            };
            map.keys().into_iter().map(entry).collect()
        }
        Value::Duration(span) => json!(span.to_string()),
        Value::Timestamp(moment) => json!(moment.to_string()),
        Value::Type(of) => json!(of.runtime_name()),
        Value::Optional(None) => json!({ "optional": "none" }),
        Value::Optional(Some(value)) => json!({ "optional": [written(value)] }),
        Value::Opaque(opaque) => json!(format!("{opaque:?}")),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let chunk = |chunk: &[u8]| {
        let number = (0..3).fold(0_usize, |number, index| {
            number << 8 | usize::from(chunk.get(index).copied().unwrap_or(0))
        });
        let digit = |index: usize| match index <= chunk.len() {
            true => char::from(DIGITS[number >> (18 - 6 * index) & 63]),
            false => '=',
        };
        [0, 1, 2, 3].map(digit)
    };
    bytes.chunks(3).flat_map(chunk).collect()
}

/// Numbers are equal whatever their form is.
fn agree(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(one, two)| agree(one, two))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, one)| right.get(key).is_some_and(|two| agree(one, two)))
        }
        (left, right) => left == right,
    }
}

fn function_difference(row: &Function) -> Option<String> {
    let environment = Environment::new().variable("object", Type::Dyn);
    let is_error = row.expected.get("error").is_some();
    let at_compile = row.stage.as_deref() == Some("compile");
    let differs = |what: String| Some(format!("{}: {what}, not {}", row.expression, row.expected));
    let program = match environment.compile(&row.expression) {
        Ok(program) => program,
        Err(_) if is_error && at_compile => return None,
        Err(error) => return differs(error.to_string()),
    };
    let activation = Activation::new().with("object", &row.object);
    match program.evaluate(&activation, &mut Budget::new(Budget::EXPRESSION)) {
        Err(_) if is_error && !at_compile => None,
        Err(error) => differs(error.to_string()),
        Ok(value) if is_error => differs(format!("{} at run time", written(&value))),
        Ok(value) => {
            let of = value.type_of().runtime_name();
            let is_opaque = matches!(value, Value::Opaque(_));
            let agrees = row.of.as_deref() == Some(&of)
                && (is_opaque || agree(&written(&value), &row.expected));
            if agrees { None } else { differs(format!("{of} {}", written(&value))) }
        }
    }
}

#[test]
fn cel_functions() {
    let Some(rows) = rows::<Function>("cel-functions") else { return };
    report("cel-functions", rows.iter().map(|row| (row.id.clone(), function_difference(row))));
}

#[derive(Deserialize)]
struct Policy {
    id: String,
    r#match: Match,
    #[serde(default)]
    params: Json,
    variables: Vec<Named>,
    #[serde(rename = "matchConditions")]
    conditions: Vec<Named>,
    validations: Vec<Validation>,
    object: Json,
    #[serde(default, rename = "namespaceObject")]
    namespace: Json,
    expected: String,
    #[serde(default)]
    messages: Vec<String>,
}

#[derive(Deserialize)]
struct Match {
    #[serde(rename = "apiGroups")]
    groups: Vec<String>,
    kinds: Vec<String>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
    expression: String,
}

#[derive(Deserialize)]
struct Validation {
    expression: String,
    message: Option<String>,
    #[serde(rename = "messageExpression")]
    message_expression: Option<String>,
}

fn matches(row: &Policy) -> bool {
    let text = |field: &str| row.object[field].as_str().unwrap_or_default().to_owned();
    let version = text("apiVersion");
    let group = version.split_once('/').map_or("", |(group, _)| group).to_owned();
    let names = |list: &[String], name: &str| list.iter().any(|one| one == "*" || one == name);
    names(&row.r#match.groups, &group) && names(&row.r#match.kinds, &text("kind"))
}

/// `pass`, `fail` or `skip`, and the messages; an error where something has no value.
fn verdict(row: &Policy) -> Result<(&'static str, Vec<String>), String> {
    if !matches(row) {
        return Ok(("skip", Vec::new()));
    }
    let mut environment = Environment::admission();
    let compile = |environment: &Environment, text: &str| -> Result<Program, String> {
        environment.compile(text).map_err(|error| format!("{text}: {error}"))
    };
    let mut programs = Vec::new();
    for variable in &row.variables {
        let program = compile(&environment, &variable.expression)?;
        let of = program.result().clone();
        environment = environment.object_type(VARIABLES, &[(variable.name.as_str(), of)]);
        programs.push((variable.name.clone(), program));
    }
    let mut compiled = HashMap::new();
    let texts = row.conditions.iter().map(|condition| &condition.expression);
    let texts = texts.chain(row.validations.iter().map(|validation| &validation.expression));
    for text in texts.chain(row.validations.iter().flat_map(|one| &one.message_expression)) {
        compiled.insert(text.as_str(), compile(&environment, text)?);
    }
    let activation = Activation::new()
        .with("object", &row.object)
        .with("params", &row.params)
        .with("namespaceObject", &row.namespace);
    let variables = Variables::new(&programs, activation);
    let activation = variables.activation();
    let run = |text: &str| -> Outcome<'_> {
        compiled[text].evaluate(&activation, &mut Budget::new(Budget::EXPRESSION))
    };
    let holds = |text: &str| match run(text) {
        Ok(Value::Bool(flag)) => Ok(flag),
        Ok(other) => Err(format!("{text}: {other:?}")),
        Err(error) => Err(format!("{text}: {error}")),
    };
    for condition in &row.conditions {
        if !holds(&condition.expression)? {
            return Ok(("skip", Vec::new()));
        }
    }
    let (mut messages, mut problem) = (Vec::new(), None);
    for validation in &row.validations {
        match holds(&validation.expression) {
            Ok(true) => {}
            Ok(false) => {
                let worked_out = validation.message_expression.as_deref().map(run);
                messages.push(message(validation, worked_out));
            }
            Err(error) => problem = Some(error),
        }
    }
    match (messages.is_empty(), problem) {
        (true, Some(problem)) => Err(problem),
        (true, None) => Ok(("pass", messages)),
        (false, _) => Ok(("fail", messages)),
    }
}

fn message(validation: &Validation, worked_out: Option<Outcome<'_>>) -> String {
    if let Some(Ok(Value::String(text))) = worked_out {
        let text = text.trim();
        if !text.is_empty() && !text.contains('\n') {
            return text.to_owned();
        }
    }
    let otherwise = || format!("failed expression: {}", validation.expression.trim());
    validation.message.as_ref().map_or_else(otherwise, |text| text.trim().to_owned())
}

fn policy_difference(row: &Policy) -> Option<String> {
    match verdict(row) {
        Err(problem) => Some(problem),
        Ok((verdict, _)) if verdict != row.expected => {
            Some(format!("{verdict}, not {}", row.expected))
        }
        Ok((_, messages)) if messages != row.messages => {
            Some(format!("{messages:?}, not {:?}", row.messages))
        }
        Ok(_) => None,
    }
}

#[test]
fn cel_policies() {
    let Some(rows) = rows::<Policy>("cel") else { return };
    report("cel", rows.iter().map(|row| (row.id.clone(), policy_difference(row))));
}

#[test]
fn errors_know_whether_the_budget_was_the_reason() {
    let environment = Environment::new();
    let program = environment.compile("[1, 2, 3].all(x, x > 0)").expect("compiles");
    let outcome = program.evaluate(&Activation::new(), &mut Budget::new(5));
    assert_eq!(outcome.map(|value| written(&value)), Err(EvaluateError::OverBudget));
}
