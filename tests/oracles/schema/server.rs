//! Asks the API server about an object, changes nothing, and reads what it says.

use std::collections::BTreeSet;

use http::Request;
use kube::{Client, client::Body};
use serde_json::Value;

/// What is said of an object.
#[derive(Debug, PartialEq)]
pub enum Answer {
    /// It can be read, but for these fields.
    Read(BTreeSet<String>),
    /// It cannot be read, and why.
    Unreadable(String),
}

impl Answer {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Read(fields) if fields.is_empty() => "clean",
            Self::Read(_) => "named",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// Sends an object as a dry run; gives the status and what was answered.
pub async fn post(client: &Client, path: &str, object: &str) -> (u16, Value) {
    let request = Request::post(format!("{path}?dryRun=All&fieldValidation=Strict"))
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(Body::from(object.as_bytes().to_vec()))
        .expect("it is a request");
    let response = client.send(request).await.expect("the server answers");
    let status = response.status().as_u16();
    let body = response.into_body().collect_bytes().await.expect("the server answers");
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// What the server says while it reads an object; what it thinks of it then does not matter.
pub async fn ask(client: &Client, path: &str, object: &str) -> Answer {
    let (status, body) = post(client, path, object).await;
    let message = body["message"].as_str().unwrap_or_default();
    if let Some((_, names)) = message.split_once("strict decoding error: ") {
        return Answer::Read(names.split(", ").map(str::to_owned).collect());
    }
    if status == 400 && message.contains(" cannot be handled as a ") {
        return Answer::Unreadable(message.to_owned());
    }
    Answer::Read(BTreeSet::new())
}
