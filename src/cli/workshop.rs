//! A folder for what is needed for a moment only.

use std::{
    env,
    fs::{self, DirBuilder},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process,
};

use anyhow::Context;

/// A folder that nobody else may enter; it is gone with this value.
#[derive(Debug)]
pub(super) struct Workshop(PathBuf);

impl Workshop {
    /// Makes a folder where the system keeps such.
    pub(super) fn open() -> anyhow::Result<Self> {
        let home = env::temp_dir();
        let folder = Self::make(&home);
        let folder = folder.and_then(fs::canonicalize);
        folder.map(Self).with_context(|| format!("cannot make a folder in {}", home.display()))
    }

    /// What is there already was made by somebody else.
    fn make(home: &Path) -> io::Result<PathBuf> {
        for attempt in 0..1000 {
            let folder = home.join(format!("holystone-{}-{attempt}", process::id()));
            match private().create(&folder) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|()| folder),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What stays is cleared away with everything else there.
        let _ = fs::remove_dir_all(&self.0);
    }
}
