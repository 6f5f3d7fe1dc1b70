//! Sends objects to the API server, which keeps none of them.

use http::Request;
use kube::{Client, client::Body};
use serde_json::Value;

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
