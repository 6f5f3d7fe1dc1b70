//! Field validation: the fields that a real API server calls unknown or repeated, and the values
//! that it cannot read, are those that the schemas name; and it refuses what they miss.

mod changes;
mod document;
mod server;

use std::collections::BTreeMap;

use control_plane::ControlPlane;
use document::{Document, Endpoint};
use futures::{StreamExt, stream};
use holystone::{
    manifests::{Loaded, Manifest},
    schema::{self, Fault, Fit, Wrong},
};
use kube::Client;
use serde_json::Value;
use server::{Answer, ask};
use tokio::sync::OnceCell;

use crate::{is_large, post::post, random::Random};

/// What we say of a text.
fn found(text: &str) -> Answer {
    let mut manifest = Manifest::default();
    manifest.add("oracle.json", text);
    let Some(Loaded { content, .. }) = manifest.objects.first() else {
        let problem = manifest.problems.first();
        return Answer::Unreadable(problem.map(ToString::to_string).unwrap_or_default());
    };
    let Fit::Compared(faults) = &content.fit else { panic!("there is no schema for {text}") };
    let is_type = |fault: &&Fault| matches!(fault.wrong, Wrong::Type { .. });
    if let Some(fault) = faults.iter().find(is_type) {
        return Answer::Unreadable(fault.to_string());
    }
    Answer::Read(faults.iter().filter_map(named).collect())
}

/// A fault in the words of the API server, if it is one that shows while the object is read.
fn named(fault: &Fault) -> Option<String> {
    match fault.wrong {
        Wrong::Unknown(_) => Some(format!("unknown field {:?}", fault.field())),
        Wrong::Repeated => Some(format!("duplicate field {:?}", fault.field())),
        Wrong::Missing | Wrong::NotOneOf(_) | Wrong::Type { .. } => None,
    }
}

/// Whether two answers are the same; what cannot be read is said in other words.
fn agree(server: &Answer, ours: &Answer) -> bool {
    match (server, ours) {
        (Answer::Read(server), Answer::Read(ours)) => server == ours,
        (Answer::Unreadable(server), Answer::Unreadable(ours)) => is_same_place(server, ours),
        _ => false,
    }
}

/// The API server names the fields on the way and the structs that Go embeds, but no indices and
/// keys; of a value with a reader of its own, nothing.
fn is_same_place(server: &str, ours: &str) -> bool {
    let Some((_, rest)) = server.split_once("Go struct field ") else { return true };
    let place = rest.split(' ').next().unwrap_or_default();
    let mut ours = ours.split(['`', '.', '[']);
    let fields = place.split('.').skip(1).filter(|step| !step.starts_with(char::is_uppercase));
    fields.into_iter().all(|field| ours.any(|own| own == field))
}

/// A client of a server with every group, which both tests share.
async fn client() -> Client {
    static PLANE: OnceCell<ControlPlane> = OnceCell::const_new();
    let start = || async {
        let everything =
            ["--runtime-config=api/all=true", "--feature-gates=AllAlpha=true,AllBeta=true"];
        let builder = ControlPlane::builder().audit(false).extra_apiserver_args(everything);
        builder.start().await.expect("it starts")
    };
    PLANE.get_or_init(start).await.client()
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_repeated_and_unreadable_fields_are_those_of_the_api_server() {
    let client = client().await;
    let version = client.apiserver_version().await.expect("the server answers");
    assert_eq!(version.minor, schema::minor().to_string(), "`just schema` is due");
    let document = Document::read(&client).await;
    let count = if is_large() { 200 } else { 8 };
    let mut random = Random(7);
    let cases: Vec<(&Endpoint, String)> = document
        .endpoints
        .iter()
        .flat_map(|endpoint| (0..count).map(move |_| endpoint))
        .map(|endpoint| (endpoint, changes::spoilt(&document, endpoint, &mut random)))
        .collect();
    let asked = stream::iter(&cases).map(|(endpoint, text)| ask(&client, &endpoint.path, text));
    let answers: Vec<Answer> = asked.buffered(8).collect().await;
    let mut problems = Vec::new();
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for ((_, text), server) in cases.iter().zip(&answers) {
        let ours = found(text);
        if !agree(server, &ours) {
            problems.push(format!("server: {server:?}\n  ours:   {ours:?}\n  {text}"));
        }
        *tally.entry(server.name()).or_default() += 1;
    }
    let kinds = document.endpoints.len();
    println!("{kinds} kinds: {tally:?}, {} disagreements", problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(tally.len(), 3, "every answer is given: {tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_of_no_known_value_is_refused_by_the_api_server() {
    let client = client().await;
    let document = Document::read(&client).await;
    let mut spoilt = Vec::new();
    for text in include_str!("schema/objects.yaml").split("\n---\n") {
        let object: Value = serde_saphyr::from_str(text).expect("it is YAML");
        let path = &document.endpoint(&object).path;
        let (status, answer) = post(&client, path, &object.to_string()).await;
        assert!(status < 300, "{answer}\n{object}");
        assert_eq!(faults(&object), [], "{object}");
        spoilt.extend(changes::each_spoilt(&object).into_iter().map(|object| (path, object)));
    }
    let asked = stream::iter(&spoilt).map(|(path, object)| {
        let text = object.to_string();
        let client = &client;
        async move { post(client, path, &text).await.0 }
    });
    let statuses: Vec<u16> = asked.buffered(8).collect().await;
    let mut problems = Vec::new();
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    for ((_, object), status) in spoilt.iter().zip(statuses) {
        let faults = faults(object);
        if status < 300 && !faults.is_empty() {
            problems.push(format!("the server takes {object}\n  {faults:?}"));
        }
        let name = match faults.first().map(|fault| fault.wrong) {
            Some(Wrong::Missing) => "missing",
            Some(Wrong::NotOneOf(_)) => "no known value",
            Some(_) => "unreadable",
            None if status < 300 => "taken",
            None => "refused for more than the schema says",
        };
        *tally.entry(name).or_default() += 1;
    }
    println!("{} objects: {tally:?}, {} disagreements", spoilt.len(), problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(tally.len(), 5, "every answer is given: {tally:?}");
}

/// The faults of an object of a known kind.
fn faults(object: &Value) -> Vec<Fault> {
    let text = |name: &str| object[name].as_str().unwrap_or_default();
    schema::faults(text("apiVersion"), text("kind"), object).expect("there is a schema")
}
