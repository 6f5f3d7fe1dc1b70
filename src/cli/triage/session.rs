//! The cluster that the verbs ask, and the namespaces of it, as kubectl would.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, anyhow};
use clap::Args;
use jiff::SignedDuration;
use kube::{Client, config::Kubeconfig};
use tokio::runtime::Runtime;

use crate::{cluster_io::Clients, inventory::Problem, metrics::Metrics};

/// The longest that anybody waits for one answer.
const FOR_EVER: Duration = Duration::from_hours(24 * 365);

/// Which cluster is asked.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct Connection {
    /// Kubeconfig to use; otherwise as kubectl does.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// How long the API server may be silent, such as 30s; 0 is as long as it takes.
    #[arg(long, value_name = "TIME", default_value = "15s", value_parser = parse_patience)]
    request_timeout: Duration,
}

/// Which namespaces are asked.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct Place {
    /// Namespace of the items; may be repeated, or hold several with commas. Otherwise that of the
    /// context.
    #[arg(
        long, short, value_name = "NAME", value_delimiter = ',', value_parser = parse_namespace,
        conflicts_with = "all_namespaces"
    )]
    pub(super) namespace: Vec<String>,
    /// All namespaces; where not all may be read, those that may.
    #[arg(long, short = 'A')]
    pub(super) all_namespaces: bool,
}

/// A cluster that is asked.
pub(super) struct Session {
    runtime: Runtime,
    pub(super) client: Client,
    address: String,
}

impl Connection {
    pub(super) fn new(
        kubeconfig: Option<PathBuf>,
        context: Option<String>,
        request_timeout: Duration,
    ) -> Self {
        Self { kubeconfig, context, request_timeout }
    }

    /// The contexts that there are to choose from.
    pub(super) fn contexts(&self) -> Vec<String> {
        let read = match &self.kubeconfig {
            Some(path) => Kubeconfig::read_from(path),
            None => Kubeconfig::read(),
        };
        let contexts = read.map(|kubeconfig| kubeconfig.contexts).unwrap_or_default();
        contexts.into_iter().map(|context| context.name).collect()
    }

    pub(super) fn open(&self) -> anyhow::Result<Session> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let metrics = Metrics::new().context("cannot declare instruments")?;
        let (kubeconfig, context) = (self.kubeconfig.as_deref(), self.context.clone());
        let clients = Clients::connect(kubeconfig, context, self.request_timeout, &metrics);
        // That one is as patient as it was asked to be.
        let Clients { watch: client, address, .. } = runtime.block_on(clients)?;
        Ok(Session { runtime, client, address })
    }
}

impl Session {
    /// Waits for an answer.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.block_on(answer)
    }

    /// Lets a moment pass.
    pub(super) fn pause(&self, moment: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(moment).await });
    }

    /// The namespaces that are meant; none for all of them.
    pub(super) fn namespaces(&self, place: &Place) -> Option<Vec<String>> {
        match (place.all_namespaces, &*place.namespace) {
            (true, _) => None,
            (false, []) => Some(vec![self.client.default_namespace().to_owned()]),
            (false, named) => Some(named.to_vec()),
        }
    }

    /// Why something was not done, and what helps.
    pub(super) fn error(
        &self,
        problem: &Problem,
        verb: &str,
        namespace: Option<&str>,
    ) -> anyhow::Error {
        let place = match namespace {
            Some(namespace) => format!("in namespace {namespace}"),
            None => "in all namespaces".to_owned(),
        };
        match problem {
            Problem::NotServed => anyhow!(
                "the cluster {} knows no ActionItems; install Holystone there, or choose another \
                 cluster with --context",
                self.address
            ),
            Problem::Forbidden(what) => anyhow!(
                "you may not {verb} {what} {place}; ask for the ClusterRole holystone-viewer, or \
                 name a namespace of yours with -n"
            ),
            Problem::Unavailable(text) => {
                anyhow!("cannot {verb} items of {}: {text}", self.address)
            }
        }
    }
}

/// Reads `30s`, `2m` or a number of seconds; 0 is as long as it takes.
pub(super) fn parse_patience(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().map(SignedDuration::from_secs);
    let span = seconds.map_or_else(|| text.parse::<SignedDuration>(), Ok);
    let span = span.ok().and_then(|span| Duration::try_from(span).ok());
    match span {
        Some(Duration::ZERO) => Ok(FOR_EVER),
        Some(span) => Ok(span.min(FOR_EVER)),
        None => Err("write a time such as 30s or 2m".to_owned()),
    }
}

/// What is in a path of the API stays a name.
pub(super) fn parse_namespace(text: &str) -> Result<String, String> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match !text.is_empty() && text.len() <= 63 && text.chars().all(is_letter) {
        true => Ok(text.to_owned()),
        false => Err("a namespace has lower-case letters, digits and dashes".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_kubectl() {
        let read = |text| parse_patience(text).ok();
        assert_eq!(read("30s"), Some(Duration::from_secs(30)));
        assert_eq!(read("1m30s"), Some(Duration::from_secs(90)));
        assert_eq!(read("5"), Some(Duration::from_secs(5)));
        assert_eq!((read("0"), read("0s")), (Some(FOR_EVER), Some(FOR_EVER)));
        assert_eq!([read(""), read("soon"), read("-5s")], [None; 3]);
    }

    #[test]
    fn a_namespace_is_a_name_and_no_path() {
        assert!(parse_namespace("team-a1").is_ok());
        assert!(["", "a/b", "..", "A", "a b"].iter().all(|text| parse_namespace(text).is_err()));
    }
}
