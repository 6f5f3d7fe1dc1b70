//! YAML, as we read it and as the API server does: it takes `application/yaml`, and reads that with the library
//! by which kubectl makes JSON.

use control_plane::ControlPlane;
use holystone::{
    manifests::{Manifest, values},
    schema::Fit,
};
use http::Request;
use kube::{Client, client::Body};
use serde_json::{Value, json};

const DEFINITION: &str = r#"{
  "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
  "metadata": {"name": "things.example.com"},
  "spec": {
    "group": "example.com", "scope": "Namespaced",
    "names": {"plural": "things", "singular": "thing", "kind": "Thing"},
    "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
      {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]
  }
}"#;

/// Values behind `a: `, in a place where anything may stand.
const VALUES: &[&str] = &[
    "yes",
    "Yes",
    "YES",
    "yEs",
    "no",
    "on",
    "On",
    "off",
    "y",
    "Y",
    "n",
    "N",
    "true",
    "True",
    "TRUE",
    "tRue",
    "false",
    "~",
    "null",
    "Null",
    "NULL",
    "nUll",
    "",
    "'yes'",
    "\"on\"",
    "!!str yes",
    "!!bool 'yes'",
    "!!int '3'",
    "!!str 1",
    "!!float 1",
    "!!null ''",
    "0",
    "-0",
    "+1",
    "-1",
    "0777",
    "00",
    "08",
    "0o777",
    "0O17",
    "-0o17",
    "+0777",
    "0x1F",
    "0X1f",
    "-0x1f",
    "0b101",
    "0B1",
    "-0b11",
    "1_000",
    "0x_1f",
    "_1",
    "1__0",
    "1:30",
    "190:20:30",
    "1e3",
    "1E3",
    "1e+3",
    "1.e3",
    "1.",
    ".5",
    "-.5",
    "+.5",
    "0.1",
    "1.10",
    "1e400",
    "1e-400",
    ".inf",
    "-.inf",
    "+.Inf",
    ".nan",
    "inf",
    "nan",
    "Infinity",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "1.7976931348623157e308",
    "9007199254740993",
    "0.30000000000000004",
    "2001-12-14",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43",
    "12:30:45",
    "100m",
    "1Gi",
    "1.2.3",
    "10.0.0.1",
    "0x",
    "0b",
    "0o",
    "1e",
    "e3",
    "1e3e",
    "--1",
    "1-1",
    "a b",
    "'it''s'",
    "\"\\u263a \\x41\\n\\t\\0\"",
    "\"a\\\n  b\"",
    "|\n    a\n     b\n",
    "|-\n    a\n",
    "|+\n    a\n\n",
    ">\n    a\n    b\n\n    c\n",
    ">-\n    a\n    b\n",
    "|2\n    a\n",
    "plain\n    text",
    "'quoted\n    text'",
    "[1, yes, 'a', [b], {c: d}]",
    "[]",
    "{}",
    "{a, b: }",
    "{a: 1, a: 2}",
    "{'a': 1, \"b\": 2}",
    "[a: 1]",
    "{1: a}",
    "{1.5: a}",
    "{true: a}",
    "{yes: a}",
    "{~: a}",
    "{null: a}",
    "{0x1f: a}",
    "{0777: a}",
    "{1e3: a}",
    "{2001-12-14: a}",
    "{[a]: b}",
    "{{a: b}: c}",
    "{.inf: a}",
    "{? a : b}",
    "&x {b: 1}",
    "*nothing",
    "<<",
    "'<<'",
    "!custom a",
    "!!binary aGk=",
    "!!set {a, b}",
    "!!timestamp 2001-12-14",
    "@a",
    "`a`",
    "%a",
    "a: b",
    "a #b",
    "a#b",
    "# b",
    "\ta",
    "a\t# b",
    "-",
    "- a",
    "?",
    "? a",
    "'",
    "[1, 2",
    "{a: 1",
    "\"\\q\"",
    "\u{feff}a",
    "a\u{85}b",
    "'a\u{2028}b'",
    "\u{1f980}",
    "\"\\ud83e\\udd80\"",
    "=",
    "1,000",
    "0.0",
    "-0.0",
    "1e0",
    "01.5",
    "0_1",
    "0x1.8p1",
    "0b2",
    "0o8",
    "0x1g",
    "١",
    "1\u{a0}",
    "NaN",
    "-.nan",
    "+.nan",
];

/// Fields of an object where anything may stand. Not `1` beside `'1'`: they become one field of JSON, and
/// which of them it is the server leaves to the order of a Go map.
const FIELDS: &[&str] = &[
    "a: 1\n  a: 2",
    "a: 1\n  'a': 2\n  \"a\": 3",
    "y: 1\n  n: 2\n  on: 3\n  true: 4",
    "b: &b {c: 1, d: 2}\n  a: {<<: *b}",
    "b: &b {c: 1, d: 2}\n  a: {<<: *b, c: 3}",
    "b: &b {c: 1, d: 2}\n  a: {c: 3, <<: *b}",
    "b: &b {c: 1}\n  e: &e {c: 2, d: 3}\n  a: {<<: [*b, *e]}",
    "b: &b {c: 1}\n  e: &e {<<: *b, d: 3}\n  a: {<<: *e}",
    "b: &b {c: 1}\n  a:\n    <<: *b\n    <<: {d: 2}",
    "b: &b [1]\n  a: {<<: *b}",
    "b: &b 1\n  a: {<<: *b}",
    "b: &b {c: 1}\n  a: {'<<': *b}",
    "b: &b {c: 1}\n  a: {\"<<\": *b}",
    "b: &b {c: {d: 1}}\n  a: *b",
    "b: &b yes\n  a: *b\n  c: [*b, *b]",
    "b: &b 1\n  a: &b 2\n  c: *b",
    "a: &a\n    b: *a",
    "a: !!map {b: 1}\n  c: !!seq [1]",
    "? a\n  : b",
    "? |\n    a\n  : b",
    "a:\n  - b\n  -\n    - c\n  - - d\n    - e",
    "a :  b",
    "\"a\":b",
    "a:b",
    "a:\n    b: 1\n   c: 2",
];

/// Where the two are known to differ, and why that is as it should be.
const REVIEWED: &[(&str, &str)] = &[
    ("a: {.inf: a}", "a name that is a number without end is refused, and told"),
    ("a: !!binary aGk=", "nobody writes so; the text is kept as it stands"),
    ("a: \u{feff}a", "a byte order mark within a text is refused, and told"),
    ("a: a\u{85}b", "YAML 1.2 allows what Go's library refuses"),
    (
        "a: \"\\ud83e\\udd80\"",
        "two escapes for one character are those of JSON, which Go's library refuses",
    ),
];

/// What a Pod may have behind `spec:`.
const PODS: &[&str] = &[
    "hostPID: yes",
    "hostPID: on",
    "hostPID: y",
    "hostPID: 'yes'",
    "hostPID: 1",
    "hostPID: ~",
    "terminationGracePeriodSeconds: 0777",
    "terminationGracePeriodSeconds: 0o17",
    "terminationGracePeriodSeconds: 08",
    "terminationGracePeriodSeconds: 1e1",
    "terminationGracePeriodSeconds: 1.0",
    "terminationGracePeriodSeconds: 1_0",
    "terminationGracePeriodSeconds: 1.5",
    "terminationGracePeriodSeconds: 9223372036854775808",
    "nodeSelector: {a: yes}",
    "nodeSelector: {a: 1}",
    "nodeSelector: {a: ~}",
    "nodeSelector: {yes: a}",
    "nodeSelector: {1: a}",
    "hostname: a\n  hostname: b",
    "hostname: 2001-12-14",
    "hostname: 1.5",
    "hostname: 1e3",
    "hostname: 0x1f",
    "priorityClassName: null",
    "dnsPolicy: !!str Default",
];

/// What the server answers about a YAML text, as a dry run; nothing if it refuses the text.
async fn ask(client: &Client, path: &str, text: &str) -> Option<Value> {
    let request = Request::post(format!("{path}?dryRun=All&fieldValidation=Ignore"))
        .header(http::header::CONTENT_TYPE, "application/yaml")
        .body(Body::from(text.as_bytes().to_vec()))
        .expect("it is a request");
    let response = client.send(request).await.expect("the server answers");
    let is_taken = response.status().is_success();
    let body = response.into_body().collect_bytes().await.expect("the server answers");
    is_taken.then(|| serde_json::from_slice(&body).expect("it answers in JSON"))
}

/// Whether all of `ours` is in `theirs`. Go keeps what is no 64-bit integer as a float.
fn is_in(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => ours.iter().all(|(name, ours)| {
            theirs.get(name).map_or(ours.is_null(), |theirs| is_in(ours, theirs))
        }),
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| is_in(a, b))
        }
        (Value::Number(ours), Value::Number(theirs)) => match (ours.as_i64(), theirs.as_i64()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => ours.as_f64() == theirs.as_f64(),
        },
        // An entry of a map of texts that is null is an empty text.
        (Value::Null, Value::String(text)) => text.is_empty(),
        _ => ours == theirs,
    }
}

fn only(text: &str) -> Option<Value> {
    let mut values = values(text);
    if values.len() == 1 { values.pop().flatten() } else { None }
}

async fn things(client: &Client) -> Vec<String> {
    let mut differences = Vec::new();
    let fields = VALUES.iter().map(|value| format!("a: {value}"));
    for field in fields.chain(FIELDS.iter().map(|text| (*text).to_owned())) {
        let text = format!(
            "apiVersion: example.com/v1\nkind: Thing\nmetadata: {{name: x}}\nspec:\n  {field}\n"
        );
        let path = "/apis/example.com/v1/namespaces/default/things";
        let theirs = ask(client, path, &text).await.map(|thing| thing["spec"].clone());
        let ours = only(&text).map(|thing| thing["spec"].clone());
        let is_same = match (&ours, &theirs) {
            (Some(ours), Some(theirs)) => is_in(ours, theirs) && is_in(theirs, ours),
            (ours, theirs) => ours.is_none() == theirs.is_none(),
        };
        let is_known = REVIEWED.iter().any(|(known, _)| *known == field);
        if is_same == is_known {
            differences.push(format!("{field:?}: ours {ours:?}, theirs {theirs:?}"));
        }
    }
    differences
}

/// A field of a Pod that has another type is refused by the server, and told by us.
async fn pods(client: &Client) -> Vec<String> {
    let mut differences = Vec::new();
    for field in PODS {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec:\n  {field}\n  containers: [{{name: a, image: a}}]\n"
        );
        let theirs = ask(client, "/api/v1/namespaces/default/pods", &text).await;
        let ours = only(&text).expect("it is YAML");
        let mut manifest = Manifest::default();
        manifest.add("x.yaml", &text);
        let is_told = !manifest.problems.is_empty()
            || manifest.objects.iter().any(
                |object| matches!(&object.content.fit, Fit::Compared(faults) if !faults.is_empty()),
            );
        let is_same =
            theirs.as_ref().map_or(is_told, |theirs| is_in(&ours["spec"], &theirs["spec"]));
        if !is_same {
            differences.push(format!("{field:?}: ours {ours}, told {is_told}, theirs {theirs:?}"));
        }
    }
    differences
}

#[tokio::test(flavor = "multi_thread")]
async fn yaml_is_read_as_the_api_server_reads_it() {
    let plane = ControlPlane::builder().start().await.expect("a control plane starts");
    let client = plane.client();
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.body(Body::from(DEFINITION.as_bytes().to_vec())).unwrap();
    assert!(client.send(request).await.expect("the server answers").status().is_success());
    let thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nspec: {a: 1}\n";
    let things_path = "/apis/example.com/v1/namespaces/default/things";
    let patience = std::time::Instant::now();
    while ask(&client, things_path, thing).await.is_none() {
        assert!(patience.elapsed().as_secs() < 30, "the definition is not served");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(only(thing).map(|thing| thing["spec"].clone()), Some(json!({ "a": 1 })));

    let mut differences = things(&client).await;
    differences.extend(pods(&client).await);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
