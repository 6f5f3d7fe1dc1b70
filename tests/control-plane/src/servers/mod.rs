//! The servers of a control plane: what they are called with, and how they are started, asked
//! for readiness and ended.

use std::fmt;

mod api_server;
mod controller_manager;
mod etcd;
mod group;
mod port;
mod probe;
mod process;

pub(crate) use api_server::{ApiServer, AuditFiles};
pub(crate) use controller_manager::ControllerManager;
pub(crate) use etcd::Etcd;
pub(crate) use group::Servers;
pub(crate) use port::free_port;
pub(crate) use probe::Probe;
pub(crate) use process::Process;

/// A server of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The store.
    Etcd,
    /// kube-apiserver.
    ApiServer,
    /// kube-controller-manager.
    ControllerManager,
}

impl Server {
    /// The name of its program, and of its log file without `.log`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
