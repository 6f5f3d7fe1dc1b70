//! Where the programs of a control plane, and those that are tried on it, come from. Each is sought
//! by itself, in this order: the folder `KUBEBUILDER_ASSETS`, our cache, the `PATH` (Helm and
//! kustomize only), the released envtest archive, `go build`.

use std::env;
use std::fmt;
use std::path::PathBuf;

use crate::error::Error;

mod archive;
mod cache;
mod debian;
mod go;
mod installed;
mod progress;
mod task;

use cache::Cache;
pub use debian::{Prometheus, locate_prometheus};
use progress::Progress;

/// Versions that are built; `go/go.mod` asks for the same.
const KUBERNETES_VERSION: &str = "1.36.3";
const ETCD_VERSION: &str = "3.6.8";
const HELM_3_VERSION: &str = "3.21.4";
const HELM_4_VERSION: &str = "4.2.4";
const KUSTOMIZE_VERSION: &str = "5.8.1";

/// A program that this crate can find or make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The store.
    Etcd,
    /// The API server.
    KubeApiserver,
    /// The controllers of built-in kinds.
    KubeControllerManager,
    /// The command line client.
    Kubectl,
    /// Helm of the third generation.
    Helm3,
    /// Helm of the fourth generation.
    Helm4,
    /// kustomize.
    Kustomize,
}

impl Program {
    /// The name of its file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::KubeApiserver => "kube-apiserver",
            Self::KubeControllerManager => "kube-controller-manager",
            Self::Kubectl => "kubectl",
            Self::Helm3 | Self::Helm4 => "helm",
            Self::Kustomize => "kustomize",
        }
    }

    /// The version that we build.
    fn version(self) -> &'static str {
        match self {
            Self::Etcd => ETCD_VERSION,
            Self::KubeApiserver | Self::KubeControllerManager | Self::Kubectl => KUBERNETES_VERSION,
            Self::Helm3 => HELM_3_VERSION,
            Self::Helm4 => HELM_4_VERSION,
            Self::Kustomize => KUSTOMIZE_VERSION,
        }
    }

    /// The folder of the cache for this program as we build it.
    fn release(self) -> String {
        let project = match self {
            Self::KubeApiserver | Self::KubeControllerManager | Self::Kubectl => "kubernetes",
            Self::Etcd | Self::Helm3 | Self::Helm4 | Self::Kustomize => self.name(),
        };
        format!("{project}-{}", self.version())
    }
}

impl fmt::Display for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Finds programs, making those that are nowhere yet, which takes minutes and is told on the
/// standard error. Blocks; several processes may do it at once.
pub fn locate(programs: &[Program]) -> Result<Vec<PathBuf>, Error> {
    let cache = Cache::locate();
    if let Some(found) = all(programs, |program| at_hand(program, &cache)) {
        return Ok(found);
    }
    let progress = Progress::start();
    let _lock = cache.lock(&progress)?;
    let mut search = Search { cache: &cache, progress: &progress, archive_failed: false };
    programs.iter().map(|&program| search.obtain(program)).collect()
}

fn all(programs: &[Program], find: impl Fn(Program) -> Option<PathBuf>) -> Option<Vec<PathBuf>> {
    programs.iter().map(|&program| find(program)).collect()
}

fn at_hand(program: Program, cache: &Cache) -> Option<PathBuf> {
    let assets = env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    assets
        .into_iter()
        .chain([cache.folder(&program.release()), cache.folder(archive::RELEASE)])
        .map(|folder| folder.join(program.name()))
        .find(|file| file.is_file())
        .or_else(|| installed::find(program))
}

/// The making of programs that are not at hand, under the lock of the cache.
struct Search<'a> {
    cache: &'a Cache,
    progress: &'a Progress,
    archive_failed: bool,
}

impl Search<'_> {
    fn obtain(&mut self, program: Program) -> Result<PathBuf, Error> {
        // Asked again, because another process may have made it while we waited for the lock.
        if let Some(path) = at_hand(program, self.cache) {
            return Ok(path);
        }
        if self.wants_archive(program)
            && let Err(reason) = archive::fetch(self.cache, self.progress)
        {
            self.archive_failed = true;
            self.progress.say(format_args!("no archive: {reason}"));
        }
        if let Some(path) = at_hand(program, self.cache) {
            return Ok(path);
        }
        go::build(program, self.cache, self.progress)
            .map_err(|reason| Error::FindProgram { program, reason })
    }

    fn wants_archive(&self, program: Program) -> bool {
        !self.archive_failed && archive::holds(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_the_go_module() {
        let module = include_str!("../../go/go.mod");
        assert!(module.contains(&format!("k8s.io/kubernetes v{KUBERNETES_VERSION}\n")));
        assert!(module.contains(&format!("go.etcd.io/etcd/server/v3 v{ETCD_VERSION}\n")));
        assert!(module.contains(&format!("helm.sh/helm/v3 v{HELM_3_VERSION}\n")));
        assert!(module.contains(&format!("helm.sh/helm/v4 v{HELM_4_VERSION}\n")));
        assert!(module.contains(&format!("kustomize/kustomize/v5 v{KUSTOMIZE_VERSION}\n")));
    }
}
