//! Asks the API server about an object, changes nothing, and reads what it says.

use std::collections::BTreeSet;

use http::{Method, Request, StatusCode};
use kube::{Client, client::Body};
use serde_json::{Value, json};

use super::{
    case::{Case, Form},
    controls,
};

/// What the server answers.
pub enum Answer {
    /// It names these controls; where it takes the object, it shows what it would store.
    Judged { controls: BTreeSet<&'static str>, stored: Option<Value> },
    /// The object is not valid.
    Refused,
}

/// Sends an object as a dry run.
pub async fn ask(client: &Client, case: &Case) -> Answer {
    let response = client.send(request(case)).await.expect("the server answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.into_body().collect_bytes().await.expect("the server answers");
    let body: Value = serde_json::from_slice(&body).expect("the server answers in JSON");
    let message = body["message"].as_str().unwrap_or_default();
    let violations = match status {
        StatusCode::UNPROCESSABLE_ENTITY => return Answer::Refused,
        StatusCode::FORBIDDEN => Some(violations(message).expect("nothing else is forbidden")),
        status if status.is_success() => {
            let warnings = headers.get_all(http::header::WARNING).into_iter();
            let mut texts = warnings.map(|header| warning(header.to_str().expect("it is a text")));
            texts.find_map(|text| violations(&text))
        }
        status => panic!("{status}: {message}: {}", case.object),
    };
    let controls = violations.map(|text| controls::named(&text, case.level, case.minor));
    let stored = status.is_success().then_some(body);
    Answer::Judged { controls: controls.unwrap_or_default(), stored }
}

fn request(case: &Case) -> Request<Body> {
    let Case { form, namespace, object, .. } = case;
    let pods = format!("/api/v1/namespaces/{namespace}/pods");
    let (method, path, content, body) = match form {
        Form::Pod => (Method::POST, pods, "application/json", object.clone()),
        Form::Deployment => {
            let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
            (Method::POST, path, "application/json", object.clone())
        }
        Form::EphemeralContainers => {
            let name = object["metadata"]["name"].as_str().expect("it has a name");
            let path = format!("{pods}/{name}/ephemeralcontainers");
            let containers = &object["spec"]["ephemeralContainers"];
            let body = json!({ "spec": { "ephemeralContainers": containers } });
            (Method::PATCH, path, "application/strategic-merge-patch+json", body)
        }
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("{path}?dryRun=All"))
        .header(http::header::CONTENT_TYPE, content);
    request.body(body.to_string().into_bytes().into()).expect("it is a request")
}

/// What follows `violate PodSecurity "level:version": `, if a text says so.
fn violations(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(" PodSecurity \"")?;
    let (_, message) = rest.split_once("\": ")?;
    Some(message.to_owned())
}

/// The text of a `Warning` header: a code, an agent, and a quoted string.
fn warning(header: &str) -> String {
    let quoted = header.strip_prefix("299 - \"").and_then(|text| text.strip_suffix('"'));
    let quoted = quoted.unwrap_or_else(|| panic!("this is no warning: {header}"));
    quoted.replace("\\\"", "\"").replace("\\\\", "\\")
}
