//! The whole controller on a real control plane: cold audit, opening rate beside a bare client, a restart, idle
//! requests, time from a change to its visible item, and memory. Run it with `just bench-cluster`, or for
//! certain sizes and policies with `just bench-cluster 1000 50000 recommended`.
//!
//! Each workload is a Deployment with its ReplicaSet and three Pods.

#![allow(unreachable_pub, reason = "nobody uses a benchmark as a library")]

mod bare;
mod changes;
#[path = "../generator.rs"]
mod generator;
mod load;
mod opening;
mod running;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use control_plane::{ControlPlane, Server};
use running::{Running, memory_of};

const SIZES: [usize; 2] = [1_000, 10_000];
/// Requests at once, of the loader and of the bare client: as many as the controller has.
const CONNECTIONS: usize = 8;
/// For so long the requests of an idle controller are counted.
const IDLE: Duration = Duration::from_mins(1);
/// Nothing is written for so long: it rests.
const QUIET: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_mins(10);
/// Few checks, so that there is room for all their findings; and what most people have.
const POLICIES: [(&str, &str); 2] = [
    (
        "four",
        "{checks: {profiles: [], include: [privileged-container, memory-limit-missing, cpu-limit-missing, pdb-missing]}}",
    ),
    ("recommended", "{checks: {profiles: [recommended]}}"),
];

#[tokio::main]
async fn main() -> Result<()> {
    let (mut sizes, mut policies) = (Vec::new(), Vec::new());
    for given in std::env::args().skip(1) {
        match POLICIES.iter().find(|(name, _)| *name == given) {
            Some(policy) => policies.push(*policy),
            None => sizes.push(given.parse().with_context(|| format!("`{given}` is no size"))?),
        }
    }
    if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    if policies.is_empty() {
        policies.extend(POLICIES);
    }
    println!("cluster: etcd with fsync, kube-apiserver and controller share this machine\n");
    for size in sizes {
        for (name, spec) in &policies {
            measure(size, name, spec).await?;
        }
    }
    Ok(())
}

async fn measure(size: usize, name: &str, spec: &str) -> Result<()> {
    let plane = ControlPlane::builder().fsync(true).audit(false).start().await?;
    let client = plane.client();
    load::install(&client, &policy(spec)).await?;
    let loading = Instant::now();
    load::load(&client, size).await?;
    let seconds = loading.elapsed().as_secs_f64();
    println!("{size} workloads, policy `{name}` (loaded in {seconds:.0} s)");
    let server = plane.process_id(Server::ApiServer).await?.context("the API server runs")?;
    println!("  kube-apiserver without items: {}", memory_of(server)?);
    let bare_before = bare::rate(&client, "bare-before").await?;
    let kubeconfig = plane.kubeconfig_for("holystone-system", "holystone").await?;
    let controller = Running::start(&kubeconfig)?;
    let (opened, ready) =
        tokio::try_join!(opening::cold_audit(&client), controller.ready(PATIENCE))?;
    controller.rests(QUIET).await?;
    let bare_after = bare::rate(&client, "bare-after").await?;
    controller.rests(QUIET).await?;
    println!(
        "  opening: {opened:.0} items/s; a bare client: {bare_before:.0} before and {bare_after:.0} \
         after; ratio {:.2}",
        opened / f64::midpoint(bare_before, bare_after)
    );
    println!("  everything read and judged after {:.1} s", ready.as_secs_f64());
    println!("  memory after the audit: {}", controller.memory()?);
    println!("  kube-apiserver with items: {}", memory_of(server)?);
    controller.stop()?;

    let controller = Running::start(&kubeconfig)?;
    let ready = controller.ready(PATIENCE).await?;
    controller.rests(QUIET).await?;
    println!(
        "  restart: everything read and judged after {:.1} s, {} items written; {}",
        ready.as_secs_f64(),
        controller.sum("holystone_writes_total").await?,
        controller.memory()?
    );
    println!("  idle: {:.2} requests/s", idle(&controller).await?);
    changes::latency(&client, size).await?;
    println!("  memory at the end: {}\n", controller.memory()?);
    Ok(())
}

fn policy(spec: &str) -> String {
    format!(
        "apiVersion: holystone.dev/v1alpha1\nkind: AuditPolicy\nmetadata: {{name: bench}}\nspec: {spec}\n"
    )
}

/// Requests a second of a controller that has nothing to do: the lease, and watches that begin anew.
async fn idle(controller: &Running) -> Result<f64> {
    let requests = async || controller.sum("holystone_api_requests_total").await;
    let (before, started) = (requests().await?, Instant::now());
    tokio::time::sleep(IDLE).await;
    Ok((requests().await? - before) / started.elapsed().as_secs_f64())
}
