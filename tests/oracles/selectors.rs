//! Label selectors: they select the objects that a real API server lists by them.

use std::collections::BTreeSet;

use control_plane::ControlPlane;
use futures::{StreamExt, stream};
use holystone::model::{LabelSelector, Labels};
use http::Request;
use kube::Client;
use serde_json::{Value, json};

use crate::{is_large, random::Random};

const KEYS: &[&str] = &["app", "tier", "example.com/zone", "A"];
/// The empty value is a value.
const VALUES: &[&str] = &["", "a", "b", "A", "1", "a.b_c-d"];
const OPERATORS: &[&str] = &["In", "NotIn", "Exists", "DoesNotExist"];

type Names = BTreeSet<String>;

fn labels(random: &mut Random) -> Value {
    let mut labels = json!({});
    for key in KEYS {
        if random.one_in(2) {
            labels[*key] = random.choose(VALUES).into();
        }
    }
    labels
}

fn selector(random: &mut Random) -> Value {
    let mut selector = json!({});
    if random.one_in(2) {
        selector["matchLabels"] = json!({});
        for _ in 0..random.below(3) {
            selector["matchLabels"][random.choose(KEYS)] = random.choose(VALUES).into();
        }
    }
    if !random.one_in(4) {
        let requirements = (0..random.below(4)).map(|_| requirement(random)).collect();
        selector["matchExpressions"] = Value::Array(requirements);
    }
    selector
}

fn requirement(random: &mut Random) -> Value {
    let operator = random.choose(OPERATORS);
    let mut requirement = json!({ "key": random.choose(KEYS), "operator": operator });
    if operator.ends_with("In") {
        let count = 1 + random.below(3);
        requirement["values"] = (0..count).map(|_| random.choose(VALUES)).collect();
    }
    requirement
}

/// A selector as the API server reads it in a query.
fn written(selector: &LabelSelector) -> String {
    let LabelSelector { match_labels, match_expressions } = selector;
    let equal = match_labels.iter().map(|(key, value)| format!("{key}={value}"));
    let requirements = match_expressions.iter().map(|requirement| {
        let (key, values) = (&requirement.key, requirement.values.join(","));
        match requirement.operator.as_str() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_string(),
            _ => format!("!{key}"),
        }
    });
    equal.chain(requirements).collect::<Vec<_>>().join(",")
}

async fn create(client: &Client, name: String, labels: Value) -> (String, Labels) {
    let known = serde_json::from_value(labels.clone()).expect("they are labels");
    let map = json!({ "metadata": { "name": name, "labels": labels } });
    let request = Request::post("/api/v1/namespaces/default/configmaps")
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(map.to_string().into_bytes())
        .expect("it is a request");
    client.request::<Value>(request).await.expect("it is created");
    (name, known)
}

async fn listed(client: &Client, selector: &LabelSelector) -> Names {
    let query: String = form_urlencoded(&written(selector));
    let path = format!("/api/v1/namespaces/default/configmaps?labelSelector={query}");
    let request = Request::get(path).body(Vec::new()).expect("it is a request");
    let list: Value = client.request(request).await.expect("it is a selector");
    let items = list["items"].as_array().expect("it is a list");
    let name = |item: &Value| item["metadata"]["name"].as_str().expect("it has one").to_owned();
    items.iter().map(name).filter(|name| name.starts_with("oracle-")).collect()
}

/// Every byte that is no letter or digit is escaped.
fn form_urlencoded(text: &str) -> String {
    let escaped = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escaped).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selector_selects_what_the_api_server_lists_by_it() {
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = plane.client();
    let mut random = Random(3);
    let maps: Vec<_> = (0..150).map(|index| (index, labels(&mut random))).collect();
    let maps = stream::iter(maps)
        .map(|(index, labels)| create(&client, format!("oracle-{index}"), labels));
    let maps: Vec<(String, Labels)> = maps.buffered(8).collect().await;
    let count = if is_large() { 5_000 } else { 300 };
    let selectors: Vec<Value> = (0..count).map(|_| selector(&mut random)).collect();
    let answers = stream::iter(&selectors).map(|json| {
        let client = &client;
        async move {
            let selector = serde_json::from_value(json.clone()).expect("it is a selector");
            let listed = listed(client, &selector).await;
            (selector, listed)
        }
    });
    let answers: Vec<(LabelSelector, Names)> = answers.buffered(8).collect().await;
    let mut problems = Vec::new();
    let mut some = 0;
    for (selector, listed) in &answers {
        let selected = maps.iter().filter(|(_, labels)| selector.selects(labels));
        let selected: Names = selected.map(|(name, _)| name.clone()).collect();
        some += usize::from(!selected.is_empty() && selected.len() < maps.len());
        if selected != *listed {
            problems.push(format!("{selector:?}\n  server: {listed:?}\n  ours:   {selected:?}"));
        }
    }
    println!("{count} selectors over {} objects, {some} select some", maps.len());
    println!("{} disagreements", problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(some > count / 3, "{some} select some, and not all");
}
