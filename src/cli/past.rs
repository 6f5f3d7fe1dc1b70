//! The files of another commit, beside those that are there now. Neither the repository nor its
//! index is touched.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use super::workshop::Workshop;

/// The files of a commit, in a folder of their own.
pub(super) struct Past {
    folder: Workshop,
    /// The present folder within the repository.
    prefix: PathBuf,
}

impl Past {
    /// Writes the files of a commit, a branch or a tag.
    pub(super) fn of(reference: &str) -> anyhow::Result<Self> {
        let top = git(&["rev-parse", "--show-toplevel"], None)
            .context("--against needs the git repository that the files are in")?;
        let prefix = git(&["rev-parse", "--show-prefix"], None)?;
        let commit = format!("{reference}^{{commit}}");
        let commit = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], None)
            .with_context(|| {
                format!("git knows no commit `{reference}`; fetch it, or name another one")
            })?;
        let folder = Workshop::open()?;
        let index = folder.path().join("index");
        let tree = folder.path().join("tree");
        // There, what git ignores is left out as here.
        fs::create_dir_all(tree.join(".git"))
            .context("cannot make a folder for the other commit")?;
        let to = format!("--prefix={}/", tree.display());
        let named = || format!("git cannot write the files of `{reference}`");
        let index = index.as_os_str();
        git(&["-C", &top, "read-tree", &commit], Some(index)).with_context(named)?;
        git(&["-C", &top, "checkout-index", "--all", "--quiet", &to], Some(index))
            .with_context(named)?;
        Ok(Self { folder, prefix: prefix.into() })
    }

    /// Does something as if the present folder were that of the commit; `paths` are those of the
    /// arguments that were there.
    pub(super) fn visit<T>(
        &self,
        paths: &[PathBuf],
        visit: impl FnOnce(&[PathBuf]) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let here = env::current_dir().context("cannot tell the present folder")?;
        let paths = paths.iter().map(|path| from_here(path, &here));
        let paths = paths.collect::<anyhow::Result<Vec<_>>>()?;
        let there = self.folder.path().join("tree").join(&self.prefix);
        fs::create_dir_all(&there)?;
        env::set_current_dir(&there).context("cannot enter the folder of the other commit")?;
        let visited = visit(&paths);
        env::set_current_dir(&here).context("cannot return to the present folder")?;
        visited
    }
}

/// A path as it is seen from the present folder.
fn from_here(path: &Path, here: &Path) -> anyhow::Result<PathBuf> {
    if path.is_relative() {
        return Ok(path.to_owned());
    }
    match path.strip_prefix(here) {
        Ok(inner) => Ok(inner.to_owned()),
        Err(_) => {
            bail!("--against reads what is in {}, and not {}", here.display(), path.display())
        }
    }
}

/// The first line that git answers.
fn git(arguments: &[&str], index: Option<&OsStr>) -> anyhow::Result<String> {
    let mut git = Command::new("git");
    git.args(arguments);
    if let Some(index) = index {
        git.env("GIT_INDEX_FILE", index);
    }
    let output = git.output().context("cannot run git; install it")?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{}", error.lines().next().unwrap_or("it says nothing").trim());
    }
    let text = String::from_utf8(output.stdout).context("git answers what is not UTF-8")?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
