//! The texts of files, folders and stdin.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use ignore::WalkBuilder;

use crate::manifests::{MAX_BYTES, Manifest, Problem};

/// What stdin is called in arguments.
pub(super) const STDIN: &str = "-";
/// What stdin is called in reports.
const STDIN_NAME: &str = "<stdin>";

/// Reads files, folders and stdin. A path that was named and cannot be read is an error; what a
/// folder holds and cannot be read is a problem.
pub(super) fn read_all(paths: &[PathBuf]) -> anyhow::Result<Manifest> {
    let mut manifest = Manifest::default();
    for path in paths {
        if path.is_dir() {
            read_folder(path, &mut manifest);
        } else {
            manifest.add(&name(path), &read(path)?);
        }
    }
    Ok(manifest)
}

/// Reads one file, or stdin.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    if path.as_os_str() == STDIN {
        return read_text(io::stdin().lock()).context("cannot read stdin");
    }
    let named = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(named)?;
    if file.metadata().with_context(named)?.is_dir() {
        bail!("cannot read {}; it is a folder, name a file", path.display());
    }
    read_text(file).with_context(named)
}

/// How a file is called in reports.
pub(super) fn name(path: &Path) -> String {
    if path.as_os_str() == STDIN {
        return STDIN_NAME.to_owned();
    }
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}

/// Reads no more than is allowed, and one byte that tells.
fn read_text(source: impl Read) -> io::Result<String> {
    let mut text = String::new();
    source.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Reads the manifests of a folder, in the order of their names, leaving out what is hidden and what
/// git ignores.
fn read_folder(folder: &Path, manifest: &mut Manifest) {
    for entry in WalkBuilder::new(folder).sort_by_file_name(Ord::cmp).build() {
        let read = match entry {
            Ok(entry) => {
                let path = entry.path();
                is_manifest(path).then(|| (name(path), read(path)))
            }
            Err(error) => Some((name(folder), Err(error.into()))),
        };
        match read {
            Some((name, Ok(text))) => manifest.add(&name, &text),
            Some((name, Err(error))) => manifest.problems.push(Problem {
                file: name.into(),
                line: 1,
                message: format!("cannot be read: {}", error.root_cause()),
                in_policy: false,
            }),
            None => {}
        }
    }
}

fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["yaml", "yml", "json"].contains(&extension))
        && path.is_file()
}
