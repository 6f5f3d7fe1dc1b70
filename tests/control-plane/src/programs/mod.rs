//! Where the programs of a control plane come from. Each is sought by itself, in this order:
//! the folder `KUBEBUILDER_ASSETS`, our cache, the released envtest archive, `go build`.

use std::env;
use std::fmt;
use std::path::PathBuf;

use crate::error::Error;

mod archive;
mod cache;
mod go;
mod progress;
mod task;

use cache::Cache;
use progress::Progress;

/// Versions that are built; `go/go.mod` asks for the same.
const KUBERNETES_VERSION: &str = "1.36.3";
const ETCD_VERSION: &str = "3.6.8";

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
        }
    }

    /// The folder of the cache for this program as we build it.
    fn release(self) -> String {
        match self {
            Self::Etcd => format!("etcd-{ETCD_VERSION}"),
            _ => format!("kubernetes-{KUBERNETES_VERSION}"),
        }
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
    }
}
