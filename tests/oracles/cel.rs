//! CEL: a real API server gives the same verdict and the same message, or refuses with the same
//! words, for every expression in `cel/` and both objects.

use std::collections::BTreeSet;
use std::time::Duration;

use control_plane::ControlPlane;
use futures::{StreamExt, stream};
use holystone::cel::{
    Activation, Budget, Environment, Program, VARIABLES, Variables,
    error::{CompileError, EvaluateError},
    types::Type,
    value::Value,
};
use http::Request;
use kube::{Client, client::Body};
use serde_json::{Value as Json, json};

use crate::post::post;

const CASES: &[&str] = &[
    include_str!("cel/language.txt"),
    include_str!("cel/macros.txt"),
    include_str!("cel/values.txt"),
    include_str!("cel/libraries.txt"),
];

/// Variables of every policy.
const VARIABLE_TEXTS: &[(&str, &str)] = &[
    ("spec", "object.spec"),
    ("containers", "variables.spec.?containers.orValue([])"),
    ("wrong", "1 / object.spec.zero"),
];

const MESSAGE: &str = "it does not hold";
const SENTINEL: &str = "the policy is there";

/// A line of a file: `expression`, or `= text`, whose value is seen in the message.
struct Case {
    name: String,
    expression: String,
    message: Option<String>,
}

fn cases() -> Vec<Case> {
    let lines = CASES.iter().flat_map(|text| text.lines());
    let lines = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let case = |(index, line): (usize, &str)| {
        let (expression, message) = match line.strip_prefix("= ") {
            Some(text) => ("false".to_owned(), Some(text.to_owned())),
            None => (line.to_owned(), None),
        };
        Case { name: format!("case-{index}"), expression, message }
    };
    lines.enumerate().map(case).collect()
}

fn objects() -> [(&'static str, Json); 2] {
    let rich = json!({
        "name": "web", "namespace": "word", "replicas": 3, "ratio": 1.5, "zero": 0, "big": 9_007_199_254_740_993_i64,
        "enabled": true, "nothing": null, "empty": {}, "none": [], "text": "héllo wörld",
        "labels": { "app": "web", "app.kubernetes.io/name": "shop" },
        "numbers": [3, 1, 2], "mixed": [1, "a", true, null, 2.5],
        "containers": [
            { "name": "a", "image": "r.io/a:1", "ports": [{ "port": 80 }, { "port": 443 }],
              "resources": { "limits": { "cpu": "250m", "memory": "64Mi" } } },
            { "name": "b", "image": "b" }
        ],
        "address": "10.1.2.3", "network": "10.0.0.0/8", "link": "https://shop.example:8443/a?x=1&x=2",
        "version": "1.2.3", "time": "2024-02-29T12:30:15.25Z", "span": "1h30m",
    });
    let poor =
        json!({ "name": "", "replicas": -1, "zero": 1, "labels": {}, "text": "", "time": "never" });
    [("rich", rich), ("poor", poor)]
}

/// What is said of an object: nothing where the expression holds.
type Said = Option<String>;

fn environment() -> (Environment, Vec<(String, Program)>) {
    let mut environment = Environment::new()
        .variable("object", Type::Dyn)
        .variable("variables", Type::Opaque(VARIABLES.into(), [].into()))
        .object_type(VARIABLES, &[]);
    let mut programs = Vec::new();
    for (name, text) in VARIABLE_TEXTS {
        let program = environment.compile(text).expect("a variable");
        environment = environment.object_type(VARIABLES, &[(name, program.result().clone())]);
        programs.push(((*name).to_owned(), program));
    }
    (environment, programs)
}

/// What we say of both objects, or why we refuse.
fn ours(
    (environment, programs): &(Environment, Vec<(String, Program)>),
    case: &Case,
) -> Result<Vec<Said>, CompileError> {
    let expression = environment.compile_as(&Type::Bool, &case.expression)?;
    let message = case
        .message
        .as_ref()
        .map(|text| environment.compile_as(&Type::String, text))
        .transpose()?;
    let say = |(name, spec): (&str, Json)| {
        let object = object(name, &spec);
        let variables = Variables::new(programs, Activation::new().with("object", &object));
        let activation = variables.activation();
        let message = message.as_ref().map(|message| run(message, &activation));
        said(case, run(&expression, &activation), message)
    };
    Ok(objects().into_iter().map(say).collect())
}

type Run = Result<Option<String>, EvaluateError>;

fn run<'a>(program: &'a Program, activation: &Activation<'a>) -> Run {
    match program.evaluate(activation, &mut Budget::new(Budget::EXPRESSION)) {
        Ok(Value::String(text)) => Ok(Some(text.to_string())),
        Ok(Value::Bool(true)) => Ok(None),
        Ok(_) => Ok(Some(MESSAGE.to_owned())),
        Err(error) => Err(error),
    }
}

fn said(case: &Case, verdict: Run, message: Option<Run>) -> Said {
    match (verdict, message) {
        (Ok(None), _) => None,
        (Ok(Some(_)), Some(Ok(Some(text)))) if !text.trim().is_empty() => {
            Some(text.trim().to_owned())
        }
        (Ok(Some(_)), _) => Some(MESSAGE.to_owned()),
        (Err(error), _) => {
            Some(format!("expression '{}' resulted in error: {error}", case.expression))
        }
    }
}

fn object(name: &str, spec: &Json) -> Json {
    json!({ "apiVersion": "oracle.holystone.dev/v1", "kind": "Case",
        "metadata": { "name": name, "namespace": "default" }, "spec": spec })
}

fn definition() -> Json {
    let schema = json!({ "type": "object", "properties": { "spec": {
        "type": "object", "x-kubernetes-preserve-unknown-fields": true, "nullable": true } } });
    json!({ "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": "cases.oracle.holystone.dev" },
        "spec": { "group": "oracle.holystone.dev", "scope": "Namespaced",
            "names": { "kind": "Case", "plural": "cases", "singular": "case" },
            "versions": [{ "name": "v1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": schema } }] } })
}

fn policy(case: &Case) -> [Json; 2] {
    let mut validation = json!({ "expression": case.expression, "message": MESSAGE });
    if let Some(message) = &case.message {
        validation["messageExpression"] = json!(message);
    }
    let rule = json!({ "apiGroups": ["oracle.holystone.dev"], "apiVersions": ["*"],
        "resources": ["cases"], "operations": ["CREATE"],
        "resourceNames": objects().map(|(name, _)| format!("{}-{name}", case.name)) });
    let variables = VARIABLE_TEXTS.iter();
    let variables: Vec<_> =
        variables.map(|(name, text)| json!({ "name": name, "expression": text })).collect();
    let policy = json!({ "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy", "metadata": { "name": case.name },
        "spec": { "matchConstraints": { "resourceRules": [rule] }, "variables": variables,
            "validations": [validation, { "expression": "false", "message": SENTINEL }] } });
    let binding = json!({ "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding", "metadata": { "name": case.name },
        "spec": { "policyName": case.name, "validationActions": ["Warn"] } });
    [policy, binding]
}

async fn create(client: &Client, path: &str, object: &Json) -> Result<(), String> {
    let request = Request::post(path)
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(object.to_string().into_bytes())
        .expect("it is a request");
    let created = client.request::<Json>(request).await;
    created.map(|_| ()).map_err(|error| error.to_string())
}

const ADMISSION: &str = "/apis/admissionregistration.k8s.io/v1";
const OBJECTS: &str = "/apis/oracle.holystone.dev/v1/namespaces/default/cases";

/// What policies warn of, in their order; the names of policy and binding are left out.
async fn warnings(client: &Client, case: &Case, object: &Json) -> Vec<String> {
    let request = Request::post(format!("{OBJECTS}?dryRun=All"))
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(Body::from(object.to_string().into_bytes()))
        .expect("it is a request");
    let response = client.send(request).await.expect("the server answers");
    let headers = response.headers().get_all("warning").iter();
    let texts = headers.map(|header| String::from_utf8_lossy(header.as_bytes()).into_owned());
    let name = &case.name;
    let start =
        format!("Validation failed for ValidatingAdmissionPolicy '{name}' with binding '{name}': ");
    let text = |header: String| {
        let quoted = header.strip_prefix("299 - \"").and_then(|text| text.strip_suffix('"'));
        let text = unquoted(quoted.unwrap_or(&header));
        text.strip_prefix(&start).unwrap_or(&text).to_owned()
    };
    texts.map(text).collect()
}

/// What stands between quotes, without the backslashes that keep it there.
fn unquoted(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::new();
    while let Some(next) = characters.next() {
        plain.extend(if next == '\\' { characters.next() } else { Some(next) });
    }
    plain
}

/// What the server says of both objects, once it knows the policy.
async fn theirs(client: &Client, case: &Case) -> Vec<Said> {
    let mut all = Vec::new();
    for (name, spec) in objects() {
        let object = object(&format!("{}-{name}", case.name), &spec);
        let mut said = warnings(client, case, &object).await;
        for _ in 0..600 {
            if said.last().is_some_and(|last| last == SENTINEL) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            said = warnings(client, case, &object).await;
        }
        assert_eq!(said.pop().as_deref(), Some(SENTINEL), "{}: the policy is not there", case.name);
        all.push(said.pop());
    }
    all
}

async fn prepare(client: &Client) {
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    create(client, path, &definition()).await.expect("the definition is created");
    let probe = object("probe", &json!({}));
    for _ in 0..300 {
        if post(client, OBJECTS, &probe.to_string()).await.0 == 201 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the definition is not served");
}

/// What differs, if anything.
async fn difference(
    client: &Client,
    known: &(Environment, Vec<(String, Program)>),
    case: &Case,
) -> Option<String> {
    let [policy, binding] = policy(case);
    let created =
        create(client, &format!("{ADMISSION}/validatingadmissionpolicies"), &policy).await;
    let text = case.message.as_ref().unwrap_or(&case.expression);
    match (created, ours(known, case)) {
        (Err(server), Err(ours)) => {
            let is_syntax = ours.issues.iter().any(|one| one.message.starts_with("Syntax"));
            let says = |text: String| server.contains(&text);
            let agrees = is_syntax || ours.issues.iter().all(|one| says(one.message.clone()));
            (!agrees).then(|| format!("{text}\n  server: {server}\n  ours:   {ours}"))
        }
        (Err(server), Ok(ours)) => Some(format!("{text}\n  server: {server}\n  ours:   {ours:?}")),
        (Ok(()), Err(ours)) => Some(format!("{text}\n  server: compiles\n  ours:   {ours}")),
        (Ok(()), Ok(ours)) => {
            let path = format!("{ADMISSION}/validatingadmissionpolicybindings");
            create(client, &path, &binding).await.expect("the binding is created");
            let theirs = theirs(client, case).await;
            (ours != theirs).then(|| format!("{text}\n  server: {theirs:?}\n  ours:   {ours:?}"))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cel_says_what_the_api_server_says() {
    let cases = cases();
    let texts: BTreeSet<_> = cases.iter().map(|case| (&case.expression, &case.message)).collect();
    assert_eq!(texts.len(), cases.len(), "each case is there once");
    assert!(cases.len() * objects().len() >= 300);
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = plane.client();
    prepare(&client).await;
    let known = environment();
    let differences = stream::iter(&cases).map(|case| difference(&client, &known, case));
    let differences: Vec<_> = differences.buffered(16).collect().await;
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    println!("{} expressions over {} objects", cases.len(), objects().len());
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
