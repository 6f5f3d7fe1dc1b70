//! The whole controller on a real control plane: cold audit beside a bare client that reads the same, opening
//! rate beside a bare client that writes the same, a restart, idle requests, time from a change to its visible
//! item, and memory. Run it with `just bench-cluster`, or for certain sizes and policies with
//! `just bench-cluster 1000 50000 recommended`.
//!
//! Each workload is a Deployment with its ReplicaSet and three Pods. They are written straight into etcd, and
//! the API server takes them in by its watches, as it does what other API servers write; it has to serve all
//! of them, as they were written. To create 50,000 through it takes half an hour and three times its memory.

#![allow(unreachable_pub, reason = "nobody uses a benchmark as a library")]

mod bare;
mod changes;
mod etcd;
#[path = "../generator.rs"]
mod generator;
mod listing;
mod load;
mod opening;
mod running;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use control_plane::{ControlPlane, Server};
use kube::Client;
use running::{Running, memory_of};

const SIZES: [usize; 3] = [1_000, 10_000, 50_000];
/// Requests at once, of the loader and of the bare client: as many as the controller has.
const CONNECTIONS: usize = 8;
/// For so long the requests of an idle controller are counted: each watch begins anew meanwhile.
const IDLE: Duration = Duration::from_mins(5);
/// Nothing is written for so long: it rests.
const QUIET: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_mins(15);

/// A name and a `spec`.
type Policy = (&'static str, &'static str);
/// What most people have.
const RECOMMENDED: Policy = ("recommended", "{checks: {profiles: [recommended]}}");
/// Few checks, so that there is room for all their findings.
const FOUR: Policy = (
    "four",
    "{checks: {profiles: [], include: [privileged-container, memory-limit-missing, cpu-limit-missing, pdb-missing]}}",
);

#[tokio::main]
async fn main() -> Result<()> {
    println!("cluster: etcd with fsync, kube-apiserver and controller share this machine\n");
    for (size, policy) in runs()? {
        measure(size, policy).await?;
    }
    Ok(())
}

/// The sizes and policies of the command line; without any, all sizes and what tells most.
fn runs() -> Result<Vec<(usize, Policy)>> {
    let (mut sizes, mut policies) = (Vec::new(), Vec::new());
    for given in std::env::args().skip(1) {
        match [RECOMMENDED, FOUR].into_iter().find(|(name, _)| *name == given) {
            Some(policy) => policies.push(policy),
            None => sizes.push(given.parse().with_context(|| format!("`{given}` is no size"))?),
        }
    }
    if sizes.is_empty() && policies.is_empty() {
        let recommended = SIZES.map(|size| (size, RECOMMENDED));
        return Ok(recommended.into_iter().chain([(SIZES[0], FOUR)]).collect());
    }
    if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    if policies.is_empty() {
        policies.extend([RECOMMENDED, FOUR]);
    }
    let of_size = |size| policies.iter().map(move |policy| (size, *policy));
    Ok(sizes.into_iter().flat_map(of_size).collect())
}

async fn measure(size: usize, (name, spec): Policy) -> Result<()> {
    println!("{size} workloads, policy `{name}`");
    let plane = control_plane(size, spec).await?;
    let client = plane.client();
    let server = plane.process_id(Server::ApiServer).await?.context("the API server runs")?;
    println!("  kube-apiserver without items: {}", memory_of(server)?);
    let kubeconfig = plane.kubeconfig_for("holystone-system", "holystone").await?;
    let reader = plane.client_for("holystone-system", "holystone").await?;
    let (bytes, listed) = listing::bare(&reader).await?;
    println!(
        "  a bare client lists the same, {:.0} MB, in {:.1} s",
        bytes as f64 / 1e6,
        listed.as_secs_f64()
    );
    cold(&client, &kubeconfig, listed).await?;
    println!("  kube-apiserver with items: {}", memory_of(server)?);
    warm(&client, &kubeconfig, listed, size).await?;
    println!("  kube-apiserver at the end: {}\n", memory_of(server)?);
    Ok(())
}

/// A control plane with workloads and a policy. Its API server collects garbage early, to leave room for
/// the others on this machine.
async fn control_plane(size: usize, spec: &str) -> Result<ControlPlane> {
    let builder = ControlPlane::builder().fsync(true).audit(false);
    let plane = builder.apiserver_environment([("GOGC", "50")]).start().await?;
    let loading = Instant::now();
    load::load(&plane, size).await?;
    println!("  loaded and served after {:.1} s", loading.elapsed().as_secs_f64());
    load::install(&plane.client(), &policy(spec)).await?;
    Ok(plane)
}

/// The first start, with everything to be found and written.
async fn cold(client: &Client, kubeconfig: &Path, listed: Duration) -> Result<()> {
    let bare_before = bare::rate(client, "bare-before").await?;
    let controller = Running::start(kubeconfig)?;
    let (opened, ready) =
        tokio::try_join!(opening::cold_audit(client), controller.ready(PATIENCE))?;
    controller.rests(QUIET, PATIENCE).await?;
    let bare_after = bare::rate(client, "bare-after").await?;
    controller.rests(QUIET, PATIENCE).await?;
    println!(
        "  opening: {opened:.0} items/s; a bare client: {bare_before:.0} before and {bare_after:.0} \
         after; ratio {:.2}",
        opened / f64::midpoint(bare_before, bare_after)
    );
    println!("  everything read and judged after {}", beside(ready, listed));
    println!("  findings without room: {}", controller.sum("holystone_findings_cut").await?);
    println!("  memory after the audit: {}", controller.memory()?);
    controller.stop()
}

/// A start that finds everything as it left it, and what comes then.
async fn warm(client: &Client, kubeconfig: &Path, listed: Duration, size: usize) -> Result<()> {
    let controller = Running::start(kubeconfig)?;
    let ready = controller.ready(PATIENCE).await?;
    controller.rests(QUIET, PATIENCE).await?;
    println!(
        "  restart: everything read and judged after {}; {} items written",
        beside(ready, listed),
        controller.sum("holystone_writes_total").await?
    );
    println!("  memory after the restart: {}", controller.memory()?);
    println!("  idle: {:.2} requests/s", idle(&controller).await?);
    changes::latency(client, size).await?;
    println!("  memory at the end: {}", controller.memory()?);
    controller.stop()
}

fn policy(spec: &str) -> String {
    format!(
        "apiVersion: holystone.dev/v1alpha1\nkind: AuditPolicy\nmetadata: {{name: bench}}\nspec: {spec}\n"
    )
}

/// How long it took, beside the bare client.
fn beside(ready: Duration, listed: Duration) -> String {
    let (ready, listed) = (ready.as_secs_f64(), listed.as_secs_f64());
    format!("{ready:.1} s, {:.1} times what a bare client takes to list it", ready / listed)
}

/// Requests a second of a controller that has nothing to do: the lease, and watches that begin anew.
async fn idle(controller: &Running) -> Result<f64> {
    let requests = async || controller.sum("holystone_api_requests_total").await;
    let (before, started) = (requests().await?, Instant::now());
    tokio::time::sleep(IDLE).await;
    Ok((requests().await? - before) / started.elapsed().as_secs_f64())
}
