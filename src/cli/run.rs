//! `holystone run`: the controller.

use std::hash::{BuildHasher, RandomState};
use std::{
    env,
    io::{self, IsTerminal},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, prelude::*};

use crate::{
    api::OWNER_ANNOTATIONS,
    cluster_io::LeaseTimes,
    controller::{self, Options},
    inventory::Pace,
    items::Limits,
};

/// Audit a cluster and keep one `ActionItem` per open finding.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Kubeconfig to use; otherwise as kubectl does, or the service account of the pod.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    #[arg(long)]
    context: Option<String>,
    /// Namespace of the lease, and of items about cluster-scoped objects.
    #[arg(long, env = "POD_NAMESPACE", default_value = "holystone-system")]
    namespace: String,
    /// Name of this replica in the lease; the host's name by default.
    #[arg(long, env = "POD_NAME")]
    identity: Option<String>,
    /// Address of /metrics, /healthz and /readyz.
    #[arg(long, default_value = "0.0.0.0:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Seconds after which the lease of a silent leader is taken over.
    #[arg(long, default_value_t = 15, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(3..=600))]
    lease_duration: u64,
    /// Writes that run at once.
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    write_concurrency: u16,
    /// Objects in one page of a list.
    #[arg(long, default_value_t = 250, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5000))]
    page_size: u32,
    /// Seconds after which a silent API server is taken for dead.
    #[arg(long, default_value_t = 90, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(12..=600))]
    silence: u64,
    /// Seconds after which the loss of a policy is acted on, once a list confirms it.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    policy_loss_confirmation: u64,
    /// The most items deleted in a minute because they are no longer kept.
    #[arg(long, default_value_t = 120, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=6000))]
    deletions_per_minute: u16,
    /// The most items there may be, in every state. What there is no room for is counted.
    #[arg(long, env = "HOLYSTONE_MAX_ITEMS", default_value_t = 10_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_items: u32,
    /// The same in one namespace.
    #[arg(long, env = "HOLYSTONE_MAX_ITEMS_PER_NAMESPACE", default_value_t = 1_500, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_items_per_namespace: u32,
    /// The most memory, in MiB, for whole objects that checks of your own look up; while they are looked
    /// at, twice as much again.
    #[arg(long, env = "HOLYSTONE_WHOLE_OBJECTS_MIB", default_value_t = 64, value_name = "MIB", value_parser = clap::value_parser!(u16).range(0..=16384))]
    whole_objects_mib: u16,
    /// Annotations and labels that name an owner, the most telling first: those of the object, else
    /// those of its namespace; annotations before labels.
    #[arg(long, value_name = "KEY,…", value_delimiter = ',', default_values = OWNER_ANNOTATIONS)]
    owner_keys: Vec<String>,
    /// The most events told in a minute; 0 tells none.
    #[arg(long, default_value_t = 120, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=6000))]
    events_per_minute: u16,
    /// Form of the log.
    #[arg(long, default_value = "text", value_enum)]
    log_format: LogFormat,
    /// What is logged: a level, or directives such as `holystone=debug`.
    #[arg(long, env = "HOLYSTONE_LOG", default_value = "info")]
    log: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// Runs the controller until SIGTERM or SIGINT.
pub(super) fn execute(arguments: Arguments) -> anyhow::Result<ExitCode> {
    start_log(&arguments.log, arguments.log_format)?;
    let options = options(arguments);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopping");
        };
        controller::run(options, stop).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Only our own events: the libraries below log whole bodies of answers at WARN.
fn start_log(directives: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(directives)
        .map_err(|error| anyhow::anyhow!("--log `{directives}` is not a log filter: {error}"))?;
    let is_ours = filter_fn(|event| event.target().starts_with("holystone"));
    let registry = tracing_subscriber::registry().with(filter).with(is_ours);
    match format {
        LogFormat::Text => {
            let is_refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let is_coloured = io::stderr().is_terminal() && !is_refused;
            registry.with(fmt::layer().with_ansi(is_coloured).with_writer(io::stderr)).init();
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(io::stderr)).init(),
    }
    Ok(())
}

fn options(arguments: Arguments) -> Options {
    let duration = Duration::from_secs(arguments.lease_duration);
    let host = || env::var("HOSTNAME").unwrap_or_else(|_| "holystone".to_owned());
    let identity = arguments.identity.unwrap_or_else(host);
    Options {
        kubeconfig: arguments.kubeconfig,
        context: arguments.context,
        namespace: arguments.namespace,
        // A container that restarts keeps its name, and two may be given the same one.
        identity: format!("{identity}_{:08x}", RandomState::new().hash_one(0) as u32),
        listen: arguments.listen,
        lease: LeaseTimes { duration, deadline: duration * 2 / 3, retry: duration * 2 / 15 },
        pace: Pace {
            page_size: arguments.page_size,
            silence: Duration::from_secs(arguments.silence),
            ..Pace::default()
        },
        write_concurrency: usize::from(arguments.write_concurrency),
        policy_loss_confirmation: Duration::from_secs(arguments.policy_loss_confirmation),
        deletions_per_minute: arguments.deletions_per_minute.into(),
        items: Limits {
            total: arguments.max_items as usize,
            namespace: arguments.max_items_per_namespace as usize,
        },
        whole_objects: usize::from(arguments.whole_objects_mib) << 20,
        events_per_minute: arguments.events_per_minute.into(),
        owner_keys: arguments.owner_keys.into_iter().collect(),
    }
}
