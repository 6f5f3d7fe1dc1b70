//! The text of a file, or of stdin.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, bail};

use crate::manifests::MAX_BYTES;

/// What stdin is called in arguments.
pub(super) const STDIN: &str = "-";
/// What stdin is called in reports.
const STDIN_NAME: &str = "<stdin>";

/// Reads one file, or stdin.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    if path.as_os_str() == STDIN {
        return read_text(io::stdin().lock(), 0).context("cannot read stdin");
    }
    let named = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(named)?;
    let known = file.metadata().with_context(named)?;
    if known.is_dir() {
        bail!("cannot read {}; it is a folder, name a file", path.display());
    }
    read_text(file, known.len() as usize).with_context(named)
}

/// How a file is called in reports.
pub(super) fn name(path: &Path) -> String {
    if path.as_os_str() == STDIN {
        return STDIN_NAME.to_owned();
    }
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}

/// Reads no more than is allowed, and one byte that tells. The size is a guess.
fn read_text(source: impl Read, size: usize) -> io::Result<String> {
    let mut text = String::with_capacity(size.min(MAX_BYTES) + 1);
    source.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}
