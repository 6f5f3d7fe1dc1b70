//! From a change to its visible item.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::StreamExt;
use holystone::api::{ActionItem, State};
use kube::{
    Api, Client,
    api::{Patch, PatchParams},
    runtime::{WatchStreamExt, watcher},
};
use serde_json::json;

use super::{
    generator::{self, Variety},
    load::dynamic,
};

/// Changes whose way to a visible item is timed.
const CHANGES: usize = 200;

/// From the answer to a change until a watch of our own shows the item.
pub async fn latency(client: &Client, size: usize) -> Result<()> {
    let items = Api::<ActionItem>::namespaced(client.clone(), "team-0");
    let mut events =
        std::pin::pin!(watcher::watcher(items, watcher::Config::default()).touched_objects());
    while let Ok(Some(event)) =
        tokio::time::timeout(Duration::from_millis(500), events.next()).await
    {
        event?;
    }
    // A workload of the first namespace that is not privileged to begin with.
    let index = (0..size)
        .step_by(generator::namespaces(size))
        .find(|index| (index % (size / 5)) % 3 == 2)
        .context("a workload without defects")?;
    let deployment = generator::deployment(index, size, Variety::Shared);
    let api = dynamic(client, &deployment);
    let name = deployment["metadata"]["name"].as_str().unwrap_or_default();
    let mut latencies = Vec::with_capacity(CHANGES);
    for change in 0..CHANGES {
        let bad = change % 2 == 0;
        let security = json!({"privileged": bad, "allowPrivilegeEscalation": null});
        let containers = json!([{"name": "app", "securityContext": security}]);
        let patch = json!({"spec": {"template": {"spec": {"containers": containers}}}});
        api.patch(name, &PatchParams::default(), &Patch::Strategic(patch)).await?;
        let answered = Instant::now();
        let wanted = if bad { State::Open } else { State::Resolved };
        loop {
            let item = events.next().await.context("the watch ended")??;
            let state = item.status.as_ref().and_then(|status| status.state);
            let is_it = item.spec.check == "privileged-container" && item.spec.target.name == name;
            if is_it && state == Some(wanted) {
                break;
            }
        }
        latencies.push(answered.elapsed());
    }
    latencies.sort();
    let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100].as_millis();
    println!(
        "  change to visible item over {CHANGES} changes: p50 {} ms, p90 {} ms, p99 {} ms, max {} ms",
        at(50),
        at(90),
        at(99),
        at(100)
    );
    Ok(())
}
