//! What can fail when a control plane is started or used.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::programs::Program;
use crate::servers::Server;

/// Named after what was attempted; reads well after "cannot" or "failed to".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No way to get a program worked.
    #[error(
        "find {program}: {reason}; install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder \
         that holds {program}"
    )]
    FindProgram {
        /// The program that is missing.
        program: Program,
        /// Why the last way to get it failed.
        reason: String,
    },
    /// No way to get Prometheus worked.
    #[error("find prometheus and promtool: {reason}; install them into a folder of the PATH")]
    FindPrometheus {
        /// Why the last way to get them failed.
        reason: String,
    },
    /// The cache folder cannot be made, locked or written.
    #[error("use the cache {}", path.display())]
    UseCache {
        /// The file or folder in question.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file of the control plane cannot be written.
    #[error("write {}", path.display())]
    WriteFile {
        /// The file in question.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A certificate or key cannot be generated.
    #[error("generate a certificate")]
    GenerateCertificate(#[from] rcgen::Error),
    /// No free port was found on the loopback address.
    #[error("find a free port on the loopback address")]
    FindPort(#[source] io::Error),
    /// The process of a server cannot be started or signalled.
    #[error("control the process of {server}")]
    ControlProcess {
        /// The server in question.
        server: Server,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A server ended while it was expected to become ready.
    #[error("start {server}: it ended with {status}; the end of its log:\n{log}")]
    StartServer {
        /// The server that ended.
        server: Server,
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its log.
        log: String,
    },
    /// A server runs but did not become ready in time.
    #[error("see {server} ready within {seconds} s: {reason}; the end of its log:\n{log}")]
    AwaitReady {
        /// The server in question.
        server: Server,
        /// How long was waited.
        seconds: u64,
        /// What the last question to the server gave.
        reason: String,
        /// The last lines of its log.
        log: String,
    },
    /// The server was not asked for when the control plane was built.
    #[error("control {0}: it is not part of this control plane")]
    ServerAbsent(Server),
    /// A kubeconfig file that was just written cannot be read back.
    #[error("read the kubeconfig file {}", path.display())]
    ReadKubeconfig {
        /// The file in question.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: kube::config::KubeconfigError,
    },
    /// A client cannot be built from a configuration.
    #[error("build a client")]
    BuildClient(#[source] kube::Error),
    /// The API server refused to give a token for a service account.
    #[error("get a token for the service account {namespace}/{name}")]
    RequestToken {
        /// Namespace of the service account.
        namespace: String,
        /// Name of the service account.
        name: String,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// The API server answered a request for a token without one.
    #[error("find a token in the answer to a token request")]
    FindToken,
    /// The audit log cannot be read; it is missing when the control plane was built without.
    #[error("read the audit log {}", path.display())]
    ReadAudit {
        /// The log file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A line of the audit log is not an audit event.
    #[error("understand a line of the audit log")]
    ParseAudit(#[source] serde_json::Error),
    /// No audit record of the wanted kind came in time.
    #[error("see the wanted audit record within {seconds} s")]
    AwaitRecord {
        /// How long was waited.
        seconds: u64,
    },
    /// A task off the runtime's threads was cut short.
    #[error("finish a blocking task")]
    FinishTask(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether a server ended because somebody else has its port.
    pub(crate) fn is_port_taken(&self) -> bool {
        matches!(self, Self::StartServer { log, .. } if log.contains("address already in use"))
    }
}
