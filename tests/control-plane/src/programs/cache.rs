//! The folder that keeps programs between runs.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::progress::{Heartbeat, Progress};
use crate::error::Error;

/// Names of unfinished work start so; whoever holds the lock may remove them.
const UNFINISHED: &str = "unfinished-";

/// `HOLYSTONE_CACHE`, or else `holystone` in the user's cache folder.
pub(super) struct Cache {
    path: PathBuf,
}

impl Cache {
    pub(super) fn locate() -> Self {
        let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let path = path(|name| named(name).map(PathBuf::from));
        // Tools that are given this path run in other folders.
        Self { path: std::path::absolute(&path).unwrap_or(path) }
    }

    pub(super) fn folder(&self, release: &str) -> PathBuf {
        self.path.join(release)
    }

    /// Waits until no other process makes programs, and removes what an interrupted one left.
    pub(super) fn lock(&self, progress: &Progress) -> Result<File, Error> {
        let attempt = |source| Error::UseCache { path: self.path.clone(), source };
        fs::create_dir_all(&self.path).map_err(attempt)?;
        let file = File::create(self.path.join("lock")).map_err(attempt)?;
        let mut heartbeat = Heartbeat::start();
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => return Err(attempt(source)),
            }
            if !told || heartbeat.is_due() {
                progress.say("another process makes programs; waiting for it");
                told = true;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        self.remove_unfinished().map_err(attempt)?;
        Ok(file)
    }

    /// A folder for unfinished work, on the same file system so that results can be renamed.
    pub(super) fn workshop(&self) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&self.path)
    }

    fn remove_unfinished(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Moves a finished file or folder to its place at once, so that nobody ever sees half of it.
pub(super) fn publish(finished: &Path, place: &Path) -> io::Result<()> {
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(finished, place)
}

fn path(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    variable("HOLYSTONE_CACHE")
        .or_else(|| variable("XDG_CACHE_HOME").map(|caches| caches.join("holystone")))
        .or_else(|| env::home_dir().map(|home| home.join(".cache/holystone")))
        .unwrap_or_else(|| env::temp_dir().join("holystone-cache"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_variable_comes_first() {
        let both = |name: &str| Some(PathBuf::from(format!("/{name}")));
        assert_eq!(path(both), Path::new("/HOLYSTONE_CACHE"));
        let general = |name: &str| (name == "XDG_CACHE_HOME").then(|| PathBuf::from("/caches"));
        assert_eq!(path(general), Path::new("/caches/holystone"));
    }
}
