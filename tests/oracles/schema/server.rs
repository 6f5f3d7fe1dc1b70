//! Asks the API server about an object, changes nothing, and reads what it says.

use std::collections::BTreeSet;

use kube::Client;

use crate::post::post;

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
