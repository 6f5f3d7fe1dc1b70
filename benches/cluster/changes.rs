//! From a change to its visible item.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::{Stream, StreamExt};
use holystone::api::{ActionItem, State};
use kube::{
    Api, Client,
    api::{Patch, PatchParams},
    runtime::watcher::{self, Event},
};
use serde_json::{Value, json};

use super::{
    generator::{self, Variety},
    load::{dynamic, name},
};

/// Changes whose way to a visible item is timed, as far as they come within that time.
const CHANGES: usize = 200;
const ENOUGH: Duration = Duration::from_mins(2);

/// From the answer to a change until a watch of our own shows the item.
pub async fn latency(client: &Client, size: usize) -> Result<()> {
    let items = Api::<ActionItem>::namespaced(client.clone(), "team-0");
    let mut events = std::pin::pin!(watcher::watcher(items, watcher::Config::default()));
    while let Ok(Some(event)) =
        tokio::time::timeout(Duration::from_millis(500), events.next()).await
    {
        event?;
    }
    let deployment = harmless(size)?;
    let (api, name) = (dynamic(client, &deployment), name(&deployment));
    let mut latencies = Vec::with_capacity(CHANGES);
    let started = Instant::now();
    while latencies.len() < CHANGES && started.elapsed() < ENOUGH {
        let is_bad = latencies.len().is_multiple_of(2);
        let security = json!({"privileged": is_bad, "allowPrivilegeEscalation": null});
        let containers = json!([{"name": "app", "securityContext": security}]);
        let patch = json!({"spec": {"template": {"spec": {"containers": containers}}}});
        api.patch(name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
        let answered = Instant::now();
        let wanted = if is_bad { State::Open } else { State::Resolved };
        match tokio::time::timeout(ENOUGH, until(&mut events, name, wanted)).await {
            Ok(shown) => shown?,
            Err(_) => break,
        }
        latencies.push(answered.elapsed());
    }
    tell(latencies);
    Ok(())
}

/// A workload of the first namespace that is not privileged to begin with.
fn harmless(size: usize) -> Result<Value> {
    let index = (0..size)
        .step_by(generator::namespaces(size))
        .find(|index| (index % (size / 5)) % 3 == 2)
        .context("a workload without defects")?;
    Ok(generator::deployment(index, size, Variety::Shared))
}

/// Waits until the item of a Deployment that may be privileged has a state. Where there is no room for
/// what is resolved, it goes instead.
async fn until(
    events: &mut (impl Stream<Item = watcher::Result<Event<ActionItem>>> + Unpin),
    name: &str,
    wanted: State,
) -> Result<()> {
    loop {
        let (item, is_gone) = match events.next().await.context("the watch ended")?? {
            Event::InitApply(item) | Event::Apply(item) => (item, false),
            Event::Delete(item) => (item, true),
            Event::Init | Event::InitDone => continue,
        };
        let state = item.status.as_ref().and_then(|status| status.state);
        let state = if is_gone { Some(State::Resolved) } else { state };
        let is_it = item.spec.check == "privileged-container" && item.spec.target.name == name;
        if is_it && state == Some(wanted) {
            return Ok(());
        }
    }
}

fn tell(mut latencies: Vec<Duration>) {
    latencies.sort();
    let Some(last) = latencies.len().checked_sub(1) else {
        return println!("  change to visible item: there is no room for it");
    };
    let at = |percent: usize| latencies[last * percent / 100].as_millis();
    println!(
        "  change to visible item over {} changes: p50 {} ms, p90 {} ms, p99 {} ms, max {} ms",
        latencies.len(),
        at(50),
        at(90),
        at(99),
        at(100)
    );
}
