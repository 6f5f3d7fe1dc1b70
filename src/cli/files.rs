//! The texts of files, folders, globs and stdin, and of what charts and kustomizations render to.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, bail};
use globset::GlobBuilder;
use ignore::{DirEntry, WalkBuilder};

use crate::manifests::{MAX_BYTES, Manifest, Problem};

use super::{
    origin::Origins,
    progress::Progress,
    render::{self, Package, Rendering},
    workshop::Workshop,
};

/// What stdin is called in arguments.
pub(super) const STDIN: &str = "-";
/// What stdin is called in reports.
const STDIN_NAME: &str = "<stdin>";
/// What is wrong with a link to elsewhere.
const OUT: &str = "it is a link that leads out of the folder; name what it leads to";
/// The file beside `.gitignore` that only we read.
const IGNORE_FILE: &str = ".holystoneignore";

/// What was read, and where rendered objects come from.
#[derive(Default)]
pub(super) struct Input {
    pub(super) manifest: Manifest,
    pub(super) origins: Origins,
    files: usize,
}

/// Reads files, folders, globs and stdin. A path that was named and cannot be read is an error;
/// what a folder holds and cannot be read is a problem.
pub(super) fn read_all(paths: &[PathBuf], rendering: &Rendering) -> anyhow::Result<Input> {
    let mut reader = Reader { input: Input::default(), rendering, progress: Progress::start() };
    for path in paths {
        let expanded = if is_glob(path) { expand(path)? } else { vec![path.clone()] };
        for path in expanded {
            if path.is_dir() {
                reader.read_folder(&path)?;
            } else {
                reader.add(&name(&path), &read(&path)?);
            }
        }
    }
    Ok(reader.input)
}

/// Whether a path of an argument leads to something.
pub(super) fn is_there(path: &Path) -> bool {
    path.exists() || (is_glob(path) && expand(path).is_ok())
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

impl Input {
    fn add(&mut self, name: &str, text: &str) {
        self.origins.add_helm(name, text, None);
        self.manifest.add(name, text);
        self.files += 1;
    }

    fn problem(&mut self, file: String, message: String) {
        self.manifest.problems.push(Problem {
            file: file.into(),
            line: 1,
            message,
            in_policy: false,
        });
    }
}

struct Reader<'a> {
    input: Input,
    rendering: &'a Rendering,
    progress: Progress,
}

impl Reader<'_> {
    /// Reads the manifests of a folder, in the order of their names, leaving out what is hidden and
    /// what is ignored; charts and kustomizations are rendered.
    fn read_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        if let Some(package) = Package::of(folder) {
            return self.render(folder, package);
        }
        let packages = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&packages);
        let mut walk = walk(folder);
        walk.filter_entry(move |entry| !is_package(entry, &seen));
        for entry in walk.build() {
            let read = match entry {
                Ok(entry) => {
                    let path = entry.path();
                    let read = || if leads_out(&entry, folder) { bail!(OUT) } else { read(path) };
                    is_manifest(path).then(|| (name(path), read()))
                }
                Err(error) => Some((name(folder), Err(error.into()))),
            };
            match read {
                Some((name, Ok(text))) => self.add(&name, &text),
                Some((name, Err(error))) => {
                    let message = format!("cannot be read: {}", error.root_cause());
                    self.input.problem(name, message);
                }
                None => {}
            }
        }
        let packages =
            std::mem::take(&mut *packages.lock().unwrap_or_else(PoisonError::into_inner));
        self.render_all(packages)
    }

    fn add(&mut self, name: &str, text: &str) {
        self.input.add(name, text);
        let files = self.input.files;
        self.progress.tell(|| format!("read {files} files"));
    }

    /// Renders what was found in a folder, but for what is rendered as a part of something else.
    fn render_all(&mut self, packages: Vec<(PathBuf, Package)>) -> anyhow::Result<()> {
        let kustomizations = packages.iter().filter(|(_, kind)| *kind == Package::Kustomization);
        let topmost = render::topmost(kustomizations.map(|(folder, _)| folder.clone()).collect());
        for (folder, package) in packages {
            if package != Package::Kustomization || topmost.contains(&folder) {
                self.render(&folder, package)?;
            }
        }
        Ok(())
    }

    fn render(&mut self, folder: &Path, package: Package) -> anyhow::Result<()> {
        let name = name(folder);
        self.progress.tell(|| format!("rendering {name}"));
        let (rendered, workshop) = match package {
            Package::Library | Package::Part => return Ok(()),
            Package::Chart => (self.rendering.chart(folder)?, None),
            Package::Kustomization => {
                let workshop = Workshop::open()?;
                let built = Rendering::kustomization(folder, workshop.path())?;
                (built, Some(workshop))
            }
        };
        match rendered {
            Ok(text) => {
                match workshop {
                    Some(workshop) => self.input.origins.add_kustomize(&name, workshop.path()),
                    None => self.input.origins.add_helm(&name, &text, Some(folder)),
                }
                self.input.manifest.add(&name, &text);
                self.input.files += 1;
            }
            Err(message) => self.input.problem(name, message),
        }
        Ok(())
    }
}

/// Walks a folder in the order of names, without what is hidden or ignored.
fn walk(folder: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(folder);
    walk.sort_by_file_name(Ord::cmp).add_custom_ignore_filename(IGNORE_FILE);
    walk
}

/// The files and folders that match a glob; of what is in a matching folder, the folder alone.
fn expand(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let text = plain(path).to_string_lossy();
    let glob = GlobBuilder::new(&text).literal_separator(true).build();
    let glob = glob.with_context(|| format!("{text} is neither a file nor a glob"))?;
    let glob = glob.compile_matcher();
    let is_plain = |part: &Component<'_>| !has_glob(&part.as_os_str().to_string_lossy());
    let base: PathBuf = path.components().take_while(is_plain).collect();
    let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in walk(&base).build().flatten() {
        let path = plain(entry.path());
        let is_in = |last: &PathBuf| last.is_dir() && path.starts_with(last);
        if glob.is_match(path) && !found.last().is_some_and(is_in) {
            found.push(path.to_owned());
        }
    }
    if found.is_empty() {
        bail!("nothing matches {text}; correct it, or name a folder");
    }
    Ok(found)
}

/// Whether what is in an entry is rendered rather than read; then it is noted.
fn is_package(entry: &DirEntry, seen: &Mutex<Vec<(PathBuf, Package)>>) -> bool {
    let is_inner = entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir());
    let package = Package::of(entry.path()).filter(|_| is_inner);
    if let Some(package) = package {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push((entry.path().to_owned(), package));
    }
    package.is_some()
}

/// Whether an entry is a link to what is not in the folder.
fn leads_out(entry: &DirEntry, folder: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let is_in =
        || real(folder).zip(real(entry.path())).is_some_and(|(root, to)| to.starts_with(root));
    entry.path_is_symlink() && !is_in()
}

fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["yaml", "yml", "json"].contains(&extension))
        && path.is_file()
}

fn plain(path: &Path) -> &Path {
    path.strip_prefix("./").unwrap_or(path)
}

/// A file that is called like a glob is a file.
fn is_glob(path: &Path) -> bool {
    has_glob(&path.to_string_lossy()) && path.symlink_metadata().is_err()
}

fn has_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}
