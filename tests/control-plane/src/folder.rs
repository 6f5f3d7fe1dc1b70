//! The temporary folder of one control plane.

use std::fs;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::error::Error;

/// Waits on its standard input as the watchers of the servers do. Those need a moment to end the
/// servers, which would otherwise write new files into the folder.
const REMOVE_WHEN_ORPHANED: &str = r#"read -r word || { sleep 1; rm -rf -- "$1"; }"#;

/// Removed when dropped, and also when this process is killed, unless `HOLYSTONE_KEEP` is `1`.
pub(crate) struct Folder {
    path: PathBuf,
    cleaning: Option<(TempDir, Child)>,
}

impl Folder {
    pub(crate) fn create() -> Result<Self, Error> {
        let attempt = |source| Error::WriteFile { path: std::env::temp_dir(), source };
        let temporary = tempfile::Builder::new()
            .prefix("holystone-control-plane-")
            .tempdir()
            .map_err(attempt)?;
        let path = temporary.path().to_owned();
        fs::create_dir(path.join("logs")).map_err(attempt)?;
        if std::env::var_os("HOLYSTONE_KEEP").is_some_and(|keep| keep == "1") {
            return Ok(Self { path: temporary.keep(), cleaning: None });
        }
        let janitor = janitor(&path).map_err(attempt)?;
        Ok(Self { path, cleaning: Some((temporary, janitor)) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    pub(crate) fn audit_log(&self) -> PathBuf {
        self.path.join("audit.log")
    }

    /// Writes a file that only its owner may read, as most hold keys, and gives its path.
    pub(crate) fn write(&self, name: &str, content: &str) -> Result<PathBuf, Error> {
        let path = self.path.join(name);
        match write_private(&path, content) {
            Ok(()) => Ok(path),
            Err(source) => Err(Error::WriteFile { path, source }),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let Some((_folder, mut janitor)) = self.cleaning.take() else {
            // Written directly, because test harnesses swallow what `eprintln!` prints.
            let _ = writeln!(io::stderr(), "control plane kept in {}", self.path.display());
            return;
        };
        if let Some(mut leash) = janitor.stdin.take() {
            // If the janitor is gone, it cannot be told and need not be.
            let _ = leash.write_all(b"done\n");
        }
        let _ = janitor.wait();
    }
}

fn janitor(path: &Path) -> io::Result<Child> {
    Command::new("sh")
        .args(["-c", REMOVE_WHEN_ORPHANED, "sh"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
}

fn write_private(path: &Path, content: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(content.as_bytes())
}
