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
    metrics::NamespaceSeries,
};

/// Audit a cluster and keep one `ActionItem` per open finding.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Kubeconfig to use; otherwise as kubectl does, or the service account of the pod.
    #[arg(long, env = "HOLYSTONE_KUBECONFIG", value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    #[arg(long, env = "HOLYSTONE_CONTEXT", value_name = "NAME")]
    context: Option<String>,
    /// Namespace of the lease, and of items about cluster-scoped objects.
    #[arg(long, env = "POD_NAMESPACE", default_value = "holystone-system")]
    namespace: String,
    /// Judge and tell in the log what would be written; write nothing, and take no lease.
    #[arg(long, env = "HOLYSTONE_DRY_RUN")]
    dry_run: bool,
    /// Name of this replica in the lease; the host's name by default.
    #[arg(long, env = "POD_NAME")]
    identity: Option<String>,
    /// Address of /metrics, /healthz and /readyz.
    #[arg(long, env = "HOLYSTONE_LISTEN", default_value = "0.0.0.0:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    #[command(flatten)]
    election: Election,
    /// Writes that run at once.
    #[arg(long, env = "HOLYSTONE_WRITE_CONCURRENCY", default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    write_concurrency: u16,
    /// Objects in one page of a list.
    #[arg(long, env = "HOLYSTONE_PAGE_SIZE", default_value_t = 250, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5000))]
    page_size: u32,
    /// Seconds after which an API server that is silent on a watch is taken for dead.
    #[arg(long, env = "HOLYSTONE_SILENCE", default_value_t = 360, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(12..=600))]
    silence: u64,
    /// Seconds after which the loss of a policy is acted on, once a list confirms it.
    #[arg(long, env = "HOLYSTONE_POLICY_LOSS_CONFIRMATION", default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    policy_loss_confirmation: u64,
    /// The most items deleted in a minute because they are no longer kept.
    #[arg(long, env = "HOLYSTONE_DELETIONS_PER_MINUTE", default_value_t = 120, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=6000))]
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
    #[arg(long, env = "HOLYSTONE_OWNER_KEYS", value_name = "KEY,…", value_delimiter = ',', default_values = OWNER_ANNOTATIONS)]
    owner_keys: Vec<String>,
    /// The most events told in a minute; 0 tells none.
    #[arg(long, env = "HOLYSTONE_EVENTS_PER_MINUTE", default_value_t = 120, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=6000))]
    events_per_minute: u16,
    /// Which namespaces have metrics of their own: those with the worst findings and `(other)` for the
    /// rest, each, or none.
    #[arg(long, env = "HOLYSTONE_METRICS_NAMESPACES", default_value = "top", value_enum)]
    metrics_namespaces: NamespaceSeries,
    /// Form of the log.
    #[arg(long, env = "HOLYSTONE_LOG_FORMAT", default_value = "text", value_enum)]
    log_format: LogFormat,
    /// What is logged: a level, or directives such as `holystone=debug`.
    #[arg(long, env = "HOLYSTONE_LOG", default_value = "info")]
    log: String,
}

/// When a replica takes over from another.
#[derive(Args, Debug)]
struct Election {
    /// Seconds after which the lease of a silent leader is taken over.
    #[arg(long, env = "HOLYSTONE_LEASE_DURATION", default_value_t = 15, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(3..=600))]
    lease_duration: u64,
    /// Seconds after which a leader that cannot renew its lease gives up; two thirds of the duration by
    /// default.
    #[arg(long, env = "HOLYSTONE_RENEW_DEADLINE", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(2..))]
    renew_deadline: Option<u64>,
    /// Seconds between two attempts; a sixth of the deadline by default.
    #[arg(long, env = "HOLYSTONE_RETRY_PERIOD", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    retry_period: Option<u64>,
}

impl Election {
    fn times(&self) -> anyhow::Result<LeaseTimes> {
        let seconds = |given: Option<u64>| given.map(Duration::from_secs);
        let duration = Duration::from_secs(self.lease_duration);
        let times =
            LeaseTimes::new(duration, seconds(self.renew_deadline), seconds(self.retry_period));
        let LeaseTimes { duration, deadline, retry } = times;
        if retry * 2 > deadline || deadline >= duration {
            let (duration, deadline, retry) =
                (duration.as_secs_f64(), deadline.as_secs_f64(), retry.as_secs_f64());
            anyhow::bail!(
                "--lease-duration {duration} s, --renew-deadline {deadline} s and --retry-period {retry} s do \
                 not fit: a leader gives up before it is replaced, and tries at least twice until then"
            );
        }
        Ok(times)
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// Runs the controller until SIGTERM or SIGINT.
pub(super) fn execute(arguments: Arguments) -> anyhow::Result<ExitCode> {
    start_log(&arguments.log, arguments.log_format)?;
    let options = options(arguments)?;
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

fn options(arguments: Arguments) -> anyhow::Result<Options> {
    let host = || env::var("HOSTNAME").unwrap_or_else(|_| "holystone".to_owned());
    let identity = arguments.identity.unwrap_or_else(host);
    Ok(Options {
        is_dry: arguments.dry_run,
        kubeconfig: arguments.kubeconfig,
        context: arguments.context,
        namespace: arguments.namespace,
        // A container that restarts keeps its name, and two may be given the same one.
        identity: format!("{identity}_{:08x}", RandomState::new().hash_one(0) as u32),
        listen: arguments.listen,
        lease: arguments.election.times()?,
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
        metrics_namespaces: arguments.metrics_namespaces,
    })
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};

    use super::*;

    fn times(arguments: &[&str]) -> anyhow::Result<LeaseTimes> {
        let command = Election::augment_args(Command::new("run").no_binary_name(true));
        Election::from_arg_matches(&command.try_get_matches_from(arguments)?)?.times()
    }

    #[test]
    fn the_times_of_an_election_follow_from_its_duration_and_have_to_fit() {
        let seconds = Duration::from_secs;
        let usual = times(&[]).expect("they fit");
        assert_eq!(
            (usual.duration, usual.deadline, usual.retry),
            (seconds(15), seconds(10), seconds(10) / 6)
        );
        let slow = times(&["--lease-duration=60", "--renew-deadline=30"]).expect("they fit");
        assert_eq!((slow.deadline, slow.retry), (seconds(30), seconds(5)));
        for wrong in ["--renew-deadline=15", "--retry-period=6", "--lease-duration=2"] {
            assert!(times(&[wrong]).is_err(), "{wrong}");
        }
        let error = times(&["--renew-deadline=20"]).expect_err("they do not fit").to_string();
        assert!(error.contains("--lease-duration 15 s, --renew-deadline 20 s"), "{error}");
    }

    #[test]
    fn every_flag_has_a_variable_and_is_in_the_guide() {
        let guide = include_str!("../../docs/operations.md");
        let command = Arguments::augment_args(Command::new("run"));
        for argument in command.get_arguments() {
            let flag = argument.get_long().expect("it is a flag");
            let row = guide.lines().find(|line| line.starts_with(&format!("| `--{flag}")));
            assert!(row.is_some(), "docs/operations.md has no row for --{flag}");
            let variable = argument.get_env().and_then(|name| name.to_str());
            let usual = format!("HOLYSTONE_{}", flag.replace('-', "_").to_uppercase());
            let expected = match flag {
                "namespace" => "POD_NAMESPACE",
                "identity" => "POD_NAME",
                _ => &usual,
            };
            assert_eq!(variable, Some(expected), "--{flag}");
        }
    }
}
