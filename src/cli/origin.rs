//! From rendered manifests back to the files that people edit.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    path::{Component, Path, PathBuf},
    rc::Rc,
};

use compact_str::CompactString;

use crate::{
    manifests::{Loaded, Manifest, Place, Position},
    model::{BuiltFrom, Object},
};

use super::{template::Rendering, text};

/// What is known of texts that some tool has rendered.
#[derive(Debug, Default)]
pub(super) struct Origins {
    helm: HashMap<String, Helm>,
    /// Where the paths in annotations start, by the name of the text.
    kustomize: HashMap<String, PathBuf>,
    read: RefCell<HashMap<PathBuf, Option<Rc<Source>>>>,
}

/// A text that `helm template` wrote.
#[derive(Debug)]
struct Helm {
    rendering: Rendering,
    /// The folder of the chart, where we have rendered it.
    chart: Option<PathBuf>,
}

/// A file that people edit.
#[derive(Debug)]
struct Source {
    text: String,
    manifest: Manifest,
}

/// An object that kustomize has built.
#[derive(Debug)]
pub(super) struct Built {
    kind: CompactString,
    name: CompactString,
    from: BuiltFrom,
}

impl Built {
    /// What is to be kept of an object, if kustomize says where it comes from.
    pub(super) fn read(object: &Object) -> Option<Self> {
        let from = BuiltFrom::of(&object.meta.annotations)?;
        Some(Self { kind: object.kind_name.clone(), name: object.meta.name.clone(), from })
    }
}

impl Origins {
    /// Takes note of a text, if Helm wrote it; `chart` is the folder that it was rendered from.
    pub(super) fn add_helm(
        &mut self,
        name: &str,
        rendering: Option<Rendering>,
        chart: Option<&Path>,
    ) {
        let chart = chart.map(Path::to_owned);
        let helm = rendering.map(|rendering| (name.to_owned(), Helm { rendering, chart }));
        self.helm.extend(helm);
    }

    /// Takes note of a text that was built in a folder.
    pub(super) fn add_kustomize(&mut self, name: &str, workshop: &Path) {
        self.kustomize.insert(name.to_owned(), workshop.to_owned());
    }

    /// Whether Helm wrote a text.
    pub(super) fn is_helm(&self, name: &str) -> bool {
        self.helm.contains_key(name)
    }

    /// The file that people edit, and the place of a field there; the beginning of the file where it
    /// cannot be told.
    pub(super) fn find(
        &self,
        built: Option<&Built>,
        place: &Place,
        pointer: &str,
    ) -> Option<(String, Position)> {
        let template = self.find_template(place, pointer);
        template.or_else(|| self.find_resource(built?, place, pointer))
    }

    fn find_template(&self, place: &Place, pointer: &str) -> Option<(String, Position)> {
        let helm = self.helm.get(&*place.file)?;
        let rendered = place.position(pointer);
        let path = helm.rendering.source_of(rendered.line)?;
        let file = helm.file(path)?;
        let source = self.source(&file);
        let found =
            source.and_then(|source| helm.rendering.position_in(&source.text, path, rendered));
        Some((shown(&file), found.unwrap_or_default()))
    }

    fn find_resource(
        &self,
        object: &Built,
        place: &Place,
        pointer: &str,
    ) -> Option<(String, Position)> {
        let origin = &object.from;
        let workshop = self.kustomize.get(&*place.file);
        let file = workshop.map_or_else(|| nearby(origin), |workshop| built(origin, workshop))?;
        let source = self.source(&file);
        let found = source.and_then(|source| source.position(object, pointer));
        Some((shown(&file), found.unwrap_or_default()))
    }

    fn source(&self, file: &Path) -> Option<Rc<Source>> {
        let mut read = self.read.borrow_mut();
        read.entry(file.to_owned()).or_insert_with(|| Source::read(file).map(Rc::new)).clone()
    }
}

impl Helm {
    /// The template that a comment names: its path begins with the name of the chart. What is in a
    /// packed chart is edited nowhere near.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let is_plain =
            Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_plain {
            return None;
        }
        let Some(chart) = &self.chart else { return Some(path.into()) };
        let file = chart.join(path.split_once('/')?.1);
        Some(if file.is_file() { file } else { chart.join("Chart.yaml") })
    }
}

/// The file that an object comes from. What another repository holds is changed here by the
/// kustomization itself; its own path would lead nowhere.
fn built(origin: &BuiltFrom, workshop: &Path) -> Option<PathBuf> {
    origin.repo.is_empty().then(|| normal(&workshop.join(&origin.path)))
}

/// The same of a text that somebody else has built: only what is below the present folder.
fn nearby(origin: &BuiltFrom) -> Option<PathBuf> {
    let file = built(origin, Path::new(""))?;
    let is_below = file.components().all(|part| matches!(part, Component::Normal(_)));
    (is_below && file.is_file()).then_some(file)
}

/// Without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.into_iter().collect()
}

/// As it is called from the present folder.
fn shown(file: &Path) -> String {
    let here = std::env::current_dir().and_then(fs::canonicalize).unwrap_or_default();
    text::name(file.strip_prefix(&here).unwrap_or(file))
}

impl Source {
    fn read(file: &Path) -> Option<Self> {
        // What is no file, such as a pipe, might never end.
        let text = file.is_file().then(|| text::read(file).ok()).flatten()?;
        let mut manifest = Manifest::default();
        manifest.add(&text::name(file), &text);
        Some(Self { text, manifest })
    }

    /// The place of a field of an object whose name may have been given a prefix and a suffix.
    fn position(&self, object: &Built, pointer: &str) -> Option<Position> {
        let of_kind = |known: &&Loaded<Object>| known.content.kind_name == object.kind;
        let same = |known: &&Loaded<Object>| known.content.meta.name == object.name;
        let alike = |known: &&Loaded<Object>| object.name.contains(&*known.content.meta.name);
        let mut known = self.manifest.objects.iter().filter(of_kind);
        let found = known.clone().find(same).or_else(|| known.find(alike))?;
        Some(found.place.position(pointer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_normal() {
        assert_eq!(normal(Path::new("/tmp/x/../../a/./b")), Path::new("/a/b"));
        assert_eq!(normal(Path::new("../a/../b")), Path::new("../b"));
    }

    #[test]
    fn annotations_lead_nowhere_else() {
        let origin = |path: &str, repo: &str| {
            nearby(&BuiltFrom { path: path.to_owned(), repo: repo.to_owned() })
        };
        assert_eq!(origin("Cargo.toml", ""), Some("Cargo.toml".into()));
        for (path, repo) in [
            ("../Cargo.toml", ""),
            ("/etc/passwd", ""),
            ("none.yaml", ""),
            ("Cargo.toml", "https://example.com"),
        ] {
            assert_eq!(origin(path, repo), None, "{path}");
        }
    }
}
