//! The servers of one control plane together.

use super::{Process, Server};
use crate::error::Error;

/// Each is killed when this is dropped; the order does not matter to anybody then.
pub(crate) struct Servers {
    pub(crate) etcd: Process,
    pub(crate) api_server: Process,
    pub(crate) controller_manager: Option<Process>,
}

impl Servers {
    /// Starts all, each after the one that it needs is ready.
    pub(crate) async fn start(&mut self) -> Result<(), Error> {
        self.etcd.start().await?;
        self.api_server.start().await?;
        match &mut self.controller_manager {
            Some(controller_manager) => controller_manager.start().await,
            None => Ok(()),
        }
    }

    pub(crate) fn process(&mut self, server: Server) -> Result<&mut Process, Error> {
        match server {
            Server::Etcd => Ok(&mut self.etcd),
            Server::ApiServer => Ok(&mut self.api_server),
            Server::ControllerManager => {
                self.controller_manager.as_mut().ok_or(Error::ServerAbsent(server))
            }
        }
    }

    /// Starts a server again. An API server that runs is waited for when etcd comes back, as it
    /// needs a moment to connect to it.
    pub(crate) async fn restart(&mut self, server: Server) -> Result<(), Error> {
        self.process(server)?.restart().await?;
        if server == Server::Etcd && self.api_server.id()?.is_some() {
            self.api_server.until_ready().await?;
        }
        Ok(())
    }
}
