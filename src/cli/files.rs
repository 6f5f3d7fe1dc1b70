//! The texts of files, folders, globs and stdin, and of what charts and kustomizations render to.

use std::{
    borrow::Cow,
    fs,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, anyhow, bail};
use globset::GlobBuilder;
use ignore::{DirEntry, WalkBuilder};

use crate::manifests::{Manifest, Problem};

use super::{
    origin::Origins,
    progress::Progress,
    render::{self, Package, Rendering},
    template,
    text::{STDIN, name, read},
    workshop::Workshop,
};

/// What is wrong with a link to elsewhere.
const OUT: &str = "it is a link that leads out of the folder; name what it leads to";
/// The file beside `.gitignore` that only we read.
const IGNORE_FILE: &str = ".holystoneignore";

/// A text to be read.
#[derive(Debug)]
pub(super) enum Source {
    /// A file; one that was named has to be there.
    File { path: PathBuf, is_named: bool },
    /// What can be read once only: stdin, a pipe, what a chart or a kustomization renders to.
    Text { name: String, text: String },
    /// What cannot be read.
    Unreadable(Problem),
}

/// Texts in their order, and where rendered ones come from.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) list: Vec<Source>,
    pub(super) origins: Origins,
    /// Charts and kustomizations that were not rendered, because nothing is.
    pub(super) left_out: Vec<String>,
}

impl Source {
    /// Its name and its text, or why it cannot be read. That it was named and cannot be read is an
    /// error.
    pub(super) fn text(&self) -> anyhow::Result<Result<(String, Cow<'_, str>), Problem>> {
        match self {
            Self::Text { name, text } => Ok(Ok((name.clone(), text.into()))),
            Self::Unreadable(problem) => Ok(Err(problem.clone())),
            Self::File { path, is_named } => match read(path) {
                Ok(text) => Ok(Ok((name(path), text.into()))),
                Err(error) if *is_named => Err(error),
                Err(error) => Ok(Err(unreadable(path, &error))),
            },
        }
    }
}

impl Sources {
    /// Adds a text; `chart` is the folder that Helm has rendered it from.
    fn add(&mut self, name: String, text: String, chart: Option<&Path>) {
        self.origins.add_helm(&name, template::Rendering::read(&text), chart);
        self.list.push(Source::Text { name, text });
    }
}

/// Finds files, the files of folders and of globs, and stdin, and renders what is to be rendered.
pub(super) fn list(paths: &[PathBuf], rendering: &Rendering) -> anyhow::Result<Sources> {
    let mut finder = Finder { sources: Sources::default(), rendering, progress: Progress::start() };
    for path in paths {
        let expanded = if is_glob(path) { expand(path)? } else { vec![path.clone()] };
        for path in expanded {
            if path.is_dir() {
                finder.list_folder(&path)?;
            } else if path.is_file() && path.as_os_str() != STDIN {
                finder.sources.list.push(Source::File { path, is_named: true });
            } else {
                finder.sources.add(name(&path), read(&path)?, None);
            }
        }
    }
    Ok(finder.sources)
}

/// Reads everything. A path that was named and cannot be read is an error; what a folder holds and
/// cannot be read is a problem.
pub(super) fn read_all(paths: &[PathBuf], rendering: &Rendering) -> anyhow::Result<Manifest> {
    let mut manifest = Manifest::default();
    for source in list(paths, rendering)?.list {
        match source.text()? {
            Ok((name, text)) => manifest.add(&name, &text),
            Err(problem) => manifest.problems.push(problem),
        }
    }
    Ok(manifest)
}

/// Whether a path of an argument leads to something.
pub(super) fn is_there(path: &Path) -> bool {
    path.exists() || (is_glob(path) && expand(path).is_ok())
}

fn unreadable(path: &Path, error: &anyhow::Error) -> Problem {
    problem(name(path), format!("cannot be read: {}", error.root_cause()))
}

/// What cannot be read as a whole.
pub(super) fn problem(file: String, message: String) -> Problem {
    Problem { file: file.into(), line: 1, message, in_policy: false }
}

struct Finder<'a> {
    sources: Sources,
    rendering: &'a Rendering,
    progress: Progress,
}

impl Finder<'_> {
    /// The manifests of a folder, in the order of their names, leaving out what is hidden and what is
    /// ignored; charts and kustomizations are rendered.
    fn list_folder(&mut self, folder: &Path) -> anyhow::Result<()> {
        if let Some(package) = Package::of(folder) {
            return self.render(folder, package);
        }
        let packages = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&packages);
        let mut walk = walk(folder);
        walk.filter_entry(move |entry| !is_package(entry, &seen));
        for entry in walk.build() {
            let source = match entry {
                Ok(entry) if !is_manifest(entry.path()) => continue,
                Ok(entry) if leads_out(&entry, folder) => {
                    Source::Unreadable(unreadable(entry.path(), &anyhow!(OUT)))
                }
                Ok(entry) => Source::File { path: entry.into_path(), is_named: false },
                Err(error) => Source::Unreadable(unreadable(folder, &error.into())),
            };
            self.sources.list.push(source);
        }
        let packages =
            std::mem::take(&mut *packages.lock().unwrap_or_else(PoisonError::into_inner));
        self.render_all(packages)
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
        if self.rendering.is_off {
            self.sources.left_out.push(name);
            return Ok(());
        }
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
        match (rendered, workshop) {
            (Ok(text), None) => self.sources.add(name, text, Some(folder)),
            (Ok(text), Some(workshop)) => {
                self.sources.origins.add_kustomize(&name, workshop.path());
                self.sources.list.push(Source::Text { name, text });
            }
            (Err(message), _) => {
                self.sources.list.push(Source::Unreadable(problem(name, message)));
            }
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

pub(super) fn is_manifest(path: &Path) -> bool {
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
