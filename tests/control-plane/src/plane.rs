//! A running control plane.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use kube::{Client, Config};
use tokio::sync::Mutex;

use crate::access;
use crate::audit::Audit;
use crate::builder::Builder;
use crate::error::Error;
use crate::folder::Folder;
use crate::kubeconfig::{self, User};
use crate::programs::{Program, locate};
use crate::servers::{Server, Servers};

/// A real etcd and kube-apiserver, ended and removed when this is dropped.
///
/// Fields are dropped in this order: the servers must be gone before their folder is removed.
pub struct ControlPlane {
    pub(crate) servers: Mutex<Servers>,
    pub(crate) folder: Folder,
    /// The certificate of the authority.
    pub(crate) authority: PathBuf,
    /// The administrator's file, and what is in it.
    pub(crate) kubeconfig: PathBuf,
    pub(crate) config: Config,
    pub(crate) server_url: String,
    pub(crate) etcd_url: String,
}

impl fmt::Debug for ControlPlane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ControlPlane")
            .field("server_url", &self.server_url)
            .field("folder", &self.folder.path())
            .finish_non_exhaustive()
    }
}

impl ControlPlane {
    /// Choices before the start.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts etcd and kube-apiserver with an audit log, and waits until they are ready.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// A new client of the administrator (user `admin`, group `system:masters`). It belongs to
    /// the runtime that this is called on; clone it to share its connections.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the configuration is known to be good")]
    pub fn client(&self) -> Client {
        Client::try_from(self.config())
            .expect("the same configuration made the clients that waited for readiness")
    }

    /// The administrator's configuration, for clients with other timeouts, retries or headers.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// The administrator's kubeconfig file.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// A client of a service account, which is created if its namespace has none of the name.
    pub async fn client_for(
        &self,
        namespace: &str,
        service_account: &str,
    ) -> Result<Client, Error> {
        let config = self.config_for(namespace, service_account).await?;
        Client::try_from(config).map_err(Error::BuildClient)
    }

    /// The configuration behind [`ControlPlane::client_for`].
    pub async fn config_for(
        &self,
        namespace: &str,
        service_account: &str,
    ) -> Result<Config, Error> {
        kubeconfig::load(&self.kubeconfig_for(namespace, service_account).await?).await
    }

    /// The kubeconfig file of a service account, which is created if its namespace has none of
    /// the name. The token in it is good for a day.
    pub async fn kubeconfig_for(
        &self,
        namespace: &str,
        service_account: &str,
    ) -> Result<PathBuf, Error> {
        let token = access::token(self.client(), namespace, service_account).await?;
        let user = User::with_token(&token);
        let content = kubeconfig::render(&self.server_url, &self.authority, namespace, &user);
        self.folder.write(&format!("{namespace}.{service_account}.kubeconfig"), &content)
    }

    /// Where the API server listens: `https://127.0.0.1:` and a port.
    #[must_use]
    pub fn server_url(&self) -> &str {
        &self.server_url
    }

    /// Where etcd listens, and serves `/metrics`, to holders of a certificate such as the one in
    /// [`ControlPlane::config`]: `https://127.0.0.1:` and a port.
    #[must_use]
    pub fn etcd_url(&self) -> &str {
        &self.etcd_url
    }

    /// kubectl as the administrator. It is sought, or built, when this is first asked.
    pub async fn kubectl(&self) -> Result<Command, Error> {
        let found = tokio::task::spawn_blocking(|| locate(&[Program::Kubectl])).await??;
        let mut command = Command::new(&found[0]);
        command.env("KUBECONFIG", self.kubeconfig());
        Ok(command)
    }

    /// Who did what; see [`Builder::audit`].
    #[must_use]
    pub fn audit(&self) -> Audit {
        Audit::new(self.folder.audit_log())
    }

    /// The folder of all files of this control plane.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the logs, one for each server: [`Server::name`] with `.log`.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.folder.logs()
    }

    /// The process id of a server, or nothing while it does not run.
    pub async fn process_id(&self, server: Server) -> Result<Option<u32>, Error> {
        self.servers.lock().await.process(server)?.id()
    }

    /// Asks a server to end (SIGTERM) and waits until it has; kills it after 20 s.
    pub async fn stop(&self, server: Server) -> Result<(), Error> {
        self.servers.lock().await.process(server)?.stop().await
    }

    /// Kills a server (SIGKILL) and waits until it is gone.
    pub async fn kill(&self, server: Server) -> Result<(), Error> {
        self.servers.lock().await.process(server)?.kill()
    }

    /// Stops a server in its tracks (SIGSTOP): it keeps its connections and answers nothing.
    pub async fn freeze(&self, server: Server) -> Result<(), Error> {
        self.servers.lock().await.process(server)?.freeze()
    }

    /// Lets a frozen server go on (SIGCONT).
    pub async fn thaw(&self, server: Server) -> Result<(), Error> {
        self.servers.lock().await.process(server)?.thaw()
    }

    /// Ends a server if it runs, starts it again with its data, port and certificates, and waits
    /// until it is ready. After etcd, a running API server is waited for too.
    pub async fn restart(&self, server: Server) -> Result<(), Error> {
        self.servers.lock().await.restart(server).await
    }
}
