//! Starts the controller: clients, endpoints, leadership, the loop; and stops it in that order.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use kube::Client;
use tokio::{sync::oneshot, time};

use crate::{
    cluster_io::{self, ClientError, Clients, Leader, LeaderError, LeaseTimes, Mandate},
    engine::OwnerKeys,
    inventory::Pace,
    items::Limits,
    metrics::{Metrics, NamespaceSeries},
    server::{self, Readiness},
};

use super::auditor::{Auditor, Setting};

/// The lease that replicas compete for.
const LEASE: &str = "holystone";

/// How the controller runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether nothing is written, only told.
    pub is_dry: bool,
    /// A kubeconfig; absent, it is looked for as kubectl does, or the pod's account is used.
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig.
    pub context: Option<String>,
    /// The namespace of the lease, and of items about cluster-scoped objects.
    pub namespace: String,
    /// What tells this replica from others.
    pub identity: String,
    /// Where metrics and health are served.
    pub listen: SocketAddr,
    /// The times of the election.
    pub lease: LeaseTimes,
    /// How reading is paced.
    pub pace: Pace,
    /// Writes that run at once.
    pub write_concurrency: usize,
    /// A policy that is gone is acted on after this long, and a confirming list.
    pub policy_loss_confirmation: Duration,
    /// The most items deleted in a minute because they are no longer kept.
    pub deletions_per_minute: usize,
    /// How many items there may be.
    pub items: Limits,
    /// The most bytes of whole objects that are kept for custom checks.
    pub whole_objects: usize,
    /// The most events told in a minute.
    pub events_per_minute: usize,
    /// What names an owner.
    pub owner_keys: OwnerKeys,
    /// Which namespaces have series of their own.
    pub metrics_namespaces: NamespaceSeries,
}

/// Why the controller ends.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No client can be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The address for metrics and health cannot be used.
    #[error(transparent)]
    Listen(#[from] std::io::Error),
    /// The instruments cannot be declared.
    #[error("the metrics cannot be declared: {0}")]
    Metrics(#[from] prometheus::Error),
    /// Another replica leads now.
    #[error(transparent)]
    Leader(#[from] LeaderError),
}

/// Runs until `stop` resolves, or until leadership is lost.
pub async fn run(options: Options, stop: impl Future<Output = ()>) -> Result<(), Error> {
    let metrics = Metrics::new()?;
    let readiness = Arc::new(Readiness::default());
    let listener = server::bind(options.listen).await?;
    let kubeconfig = options.kubeconfig.as_deref();
    let silence = options.pace.silence;
    let clients = Clients::connect(kubeconfig, options.context.clone(), silence, &metrics).await?;
    // A task of its own, as the lease has: judging many objects keeps this one busy for a while.
    let endpoints = server::serve(listener, Arc::clone(&metrics), Arc::clone(&readiness));
    let endpoints = tokio::spawn(endpoints);
    let mut stop = std::pin::pin!(stop);
    tokio::select! {
        ended = endpoints => Ok(ended.map_err(std::io::Error::other)??),
        ended = lead(&options, &clients, &metrics, &readiness, &mut stop) => ended,
    }
}

async fn lead(
    options: &Options,
    clients: &Clients,
    metrics: &Arc<Metrics>,
    readiness: &Arc<Readiness>,
    mut stop: &mut (impl Future<Output = ()> + Unpin),
) -> Result<(), Error> {
    if options.is_dry {
        tracing::info!("dry run: nothing is written");
    }
    let mut leader = (!options.is_dry).then(|| candidate(options, clients));
    // A standby is as ready as it can be.
    readiness.set(true);
    let minor = tokio::select! {
        () = &mut stop => return Ok(()),
        minor = async {
            if let Some(leader) = &mut leader {
                leader.acquire().await;
            }
            kubernetes_minor(&clients.call).await
        } => minor,
    };
    tracing::info!(kubernetes = format!("1.{minor}"), "leading");
    metrics.leader.set(1);
    readiness.set(false);
    let setting = Setting {
        namespace: options.namespace.as_str().into(),
        mandate: leader.as_ref().map_or(Mandate::DryRun, Leader::mandate),
        kubernetes_minor: minor,
        pace: options.pace,
        write_concurrency: options.write_concurrency,
        policy_loss_confirmation: options.policy_loss_confirmation,
        deletions_per_minute: options.deletions_per_minute,
        items: options.items,
        whole_objects: options.whole_objects,
        events_per_minute: options.events_per_minute,
        owner_keys: options.owner_keys.clone(),
        identity: options.identity.clone(),
        metrics_namespaces: options.metrics_namespaces,
    };
    let auditor = Auditor::new(setting, clients, Arc::clone(metrics), Arc::clone(readiness));
    let (stop_holding, stopped) = oneshot::channel::<()>();
    let mut holding = tokio::spawn(async move {
        let Some(leader) = leader else {
            stopped.await.ok();
            return Ok(());
        };
        leader.hold(stopped).await
    });
    let ended = tokio::select! {
        () = auditor.run(stop) => {
            drop(stop_holding);
            holding.await
        }
        ended = &mut holding => ended,
    };
    metrics.leader.set(0);
    Ok(ended.map_err(std::io::Error::other)??)
}

fn candidate(options: &Options, clients: &Clients) -> Leader {
    let identity = options.identity.clone();
    tracing::info!(identity, "waiting to lead");
    Leader::new(clients.call.clone(), &options.namespace, LEASE, identity, options.lease)
}

/// The minor version of the cluster, asked for until it answers.
async fn kubernetes_minor(client: &Client) -> u16 {
    loop {
        match cluster_io::kubernetes_minor(client).await {
            Ok(minor) => return minor.unwrap_or(u16::MAX),
            Err(error) => {
                tracing::warn!(%error, "the API server does not tell its version; trying again");
                time::sleep(Duration::from_secs(5)).await;
            }
        }
    }
}
