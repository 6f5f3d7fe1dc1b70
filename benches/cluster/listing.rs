//! What the controller reads, read by a client that looks at nothing of it.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future;
use holystone::inventory::Pace;
use kube::{Client, api::ListParams, core::Request};

const KINDS: [&str; 4] = [
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/replicasets",
    "/api/v1/pods",
    "/api/v1/namespaces",
];

/// How many bytes all objects of these kinds have, and how long it takes to get them.
pub async fn bare(client: &Client) -> Result<(usize, Duration)> {
    let started = Instant::now();
    let bytes = future::try_join_all(KINDS.map(|kind| pages(client, kind))).await?;
    Ok((bytes.iter().sum(), started.elapsed()))
}

async fn pages(client: &Client, kind: &str) -> Result<usize> {
    let (mut bytes, mut list) = (0, ListParams::default().limit(Pace::default().page_size));
    loop {
        let page = client.request_text(Request::new(kind).list(&list)?).await?;
        bytes += page.len();
        match rest(&page) {
            Some(token) => list = list.continue_token(token),
            None => return Ok(bytes),
        }
    }
}

/// Where the next page begins; that stands before the items.
fn rest(page: &str) -> Option<&str> {
    let (metadata, _) = page.split_once("\"items\":")?;
    let (_, token) = metadata.split_once("\"continue\":\"")?;
    token.split('"').next()
}
