//! What to start, and how.

use crate::error::Error;
use crate::launch;
use crate::plane::ControlPlane;

/// Choices for a control plane; the defaults are those of most tests.
#[derive(Clone, Debug)]
pub struct Builder {
    pub(crate) controller_manager: bool,
    pub(crate) audit: bool,
    pub(crate) fsync: bool,
    pub(crate) extra_apiserver_args: Vec<String>,
    pub(crate) apiserver_environment: Vec<(String, String)>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            controller_manager: false,
            audit: true,
            fsync: false,
            extra_apiserver_args: Vec::new(),
            apiserver_environment: Vec::new(),
        }
    }
}

impl Builder {
    /// Whether kube-controller-manager runs (default: no), so that Deployments make Pods, owners
    /// take their objects along, and namespaces can end. The `ServiceAccount` admission plugin is
    /// on exactly when it runs, so then a Pod needs its service account.
    #[must_use]
    pub fn controller_manager(mut self, runs: bool) -> Self {
        self.controller_manager = runs;
        self
    }

    /// Whether the API server writes an audit log (default: yes).
    #[must_use]
    pub fn audit(mut self, writes: bool) -> Self {
        self.audit = writes;
        self
    }

    /// Whether etcd waits for the disk (default: no); benchmarks may want it.
    #[must_use]
    pub fn fsync(mut self, waits: bool) -> Self {
        self.fsync = waits;
        self
    }

    /// More arguments for kube-apiserver; they win over ours.
    #[must_use]
    pub fn extra_apiserver_args(
        mut self,
        arguments: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.extra_apiserver_args.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// More environment variables for kube-apiserver, such as `GOGC`.
    #[must_use]
    pub fn apiserver_environment(
        mut self,
        variables: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.apiserver_environment.extend(variables);
        self
    }

    /// Finds the programs, starts the servers, and waits until they are ready.
    pub async fn start(self) -> Result<ControlPlane, Error> {
        launch::launch(&self).await
    }
}
