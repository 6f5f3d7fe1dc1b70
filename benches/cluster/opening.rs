//! How fast items open.

use std::{collections::HashMap, time::Instant};

use anyhow::{Context, Result, ensure};
use futures::StreamExt;
use holystone::api::{ActionItem, State};
use kube::{
    Api, Client, ResourceExt,
    runtime::{WatchStreamExt, watcher},
};

use super::{PATIENCE, QUIET};

/// Items a second, from the first to the last one that opens.
pub async fn cold_audit(client: &Client) -> Result<f64> {
    let started = Instant::now();
    let items = Api::<ActionItem>::all(client.clone());
    let mut events =
        std::pin::pin!(watcher::watcher(items, watcher::Config::default()).touched_objects());
    let mut opened: HashMap<String, Instant> = HashMap::new();
    loop {
        ensure!(
            started.elapsed() < PATIENCE,
            "items open for longer than {PATIENCE:?}, or none does"
        );
        match tokio::time::timeout(QUIET, events.next()).await {
            Ok(Some(event)) => {
                let item = event?;
                let state = item.status.as_ref().and_then(|status| status.state);
                let is_ours = item
                    .spec
                    .target
                    .namespace
                    .as_deref()
                    .is_none_or(|name| !name.starts_with("bare"));
                if state == Some(State::Open) && is_ours {
                    opened.entry(item.name_any()).or_insert_with(Instant::now);
                }
            }
            Err(_) if opened.is_empty() => {}
            Ok(None) | Err(_) => break,
        }
    }
    let first = opened.values().min().context("no item opened")?;
    let last = opened.values().max().context("no item opened")?;
    let seconds = last.duration_since(*first).as_secs_f64();
    println!(
        "  cold start to the first item {:.2} s, to the last of {} items {:.1} s",
        first.duration_since(started).as_secs_f64(),
        opened.len(),
        last.duration_since(started).as_secs_f64(),
    );
    Ok(opened.len() as f64 / seconds)
}
