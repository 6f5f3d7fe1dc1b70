//! Charts and kustomizations, rendered by their own programs.

use std::{
    collections::HashSet,
    fs,
    io::ErrorKind,
    path::{Component, Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};
use serde::Deserialize;

/// What is passed on to the programs.
#[derive(Clone, Debug)]
pub(super) struct Rendering {
    /// Values files of Helm.
    pub(super) values: Vec<PathBuf>,
    /// Single values of Helm.
    pub(super) set: Vec<String>,
    /// The namespace of what names none.
    pub(super) namespace: Option<String>,
    /// The version that templates ask for.
    pub(super) kubernetes_minor: u16,
    /// Whether nothing is rendered at all.
    pub(super) is_off: bool,
}

impl Default for Rendering {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            set: Vec::new(),
            namespace: None,
            kubernetes_minor: 36,
            is_off: false,
        }
    }
}

/// A folder that is no plain folder of manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Package {
    /// A chart of Helm.
    Chart,
    /// Of use to other charts only.
    Library,
    /// A kustomization.
    Kustomization,
    /// Of use to other kustomizations only.
    Part,
}

const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What is read of a `Chart.yaml`.
#[derive(Deserialize)]
struct Chart {
    r#type: Option<String>,
}

/// What is read of a kustomization.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Kustomization {
    api_version: String,
    kind: String,
    resources: Vec<String>,
    bases: Vec<String>,
    components: Vec<String>,
}

impl Package {
    /// What a folder is, if it is one.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        if let Ok(text) = fs::read_to_string(folder.join("Chart.yaml")) {
            let kind = serde_saphyr::from_str::<Chart>(&text).ok().and_then(|chart| chart.r#type);
            return Some(if kind.as_deref() == Some("library") {
                Self::Library
            } else {
                Self::Chart
            });
        }
        match kustomization(folder)? {
            Kustomization { kind, .. } if kind == "Component" => Some(Self::Part),
            _ => Some(Self::Kustomization),
        }
    }
}

/// The kustomization of a folder. Flux has objects of the same kind, often in files of that name.
fn kustomization(folder: &Path) -> Option<Kustomization> {
    let text = KUSTOMIZATIONS.iter().find_map(|name| fs::read_to_string(folder.join(name)).ok())?;
    let read: Kustomization = serde_saphyr::from_str(&text).unwrap_or_default();
    let is_ours =
        read.api_version.is_empty() || read.api_version.starts_with("kustomize.config.k8s.io/");
    is_ours.then_some(read)
}

/// Of some kustomizations, those that no other one refers to.
pub(super) fn topmost(folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let referred: HashSet<PathBuf> = folders
        .iter()
        .filter_map(|folder| Some((folder, kustomization(folder)?)))
        .flat_map(|(folder, read)| {
            let lists = [read.resources, read.bases, read.components];
            lists.into_iter().flatten().filter_map(|path| fs::canonicalize(folder.join(path)).ok())
        })
        .collect();
    let is_referred =
        |folder: &PathBuf| fs::canonicalize(folder).is_ok_and(|path| referred.contains(&path));
    folders.into_iter().filter(|folder| !is_referred(folder)).collect()
}

/// What a program wrote, or why it failed.
pub(super) type Rendered = Result<String, String>;

impl Rendering {
    /// Renders a chart. That `helm` is missing is an error.
    pub(super) fn chart(&self, folder: &Path) -> anyhow::Result<Rendered> {
        let mut helm = Command::new("helm");
        helm.arg("template").arg(folder);
        helm.args(["--kube-version", &format!("1.{}.0", self.kubernetes_minor)]);
        for file in &self.values {
            helm.arg("--values").arg(file);
        }
        for value in &self.set {
            helm.args(["--set", value]);
        }
        if let Some(namespace) = &self.namespace {
            helm.args(["--namespace", namespace]);
        }
        let shown = folder.display();
        run(helm)?.with_context(|| {
            format!(
                "{shown} is a chart, and there is no helm; install it (https://helm.sh/docs/intro/install), \
                 or render elsewhere: helm template {shown} | holystone scan -"
            )
        })
    }

    /// Builds a kustomization, through one of our own in `workshop` that asks for the origin of each
    /// object. That neither `kustomize` nor `kubectl` is there is an error.
    pub(super) fn kustomization(folder: &Path, workshop: &Path) -> anyhow::Result<Rendered> {
        let shown = folder.display();
        let named = || format!("cannot build {shown}");
        let target = fs::canonicalize(folder).with_context(named)?;
        let resource = relative(&target, &fs::canonicalize(workshop).with_context(named)?);
        let text = serde_json::json!({
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [resource],
            "buildMetadata": ["originAnnotations"],
        });
        fs::write(workshop.join(KUSTOMIZATIONS[0]), text.to_string()).with_context(named)?;
        let mut kustomize = Command::new("kustomize");
        kustomize.arg("build").arg(workshop);
        if let Some(built) = run(kustomize)? {
            return Ok(built);
        }
        let mut kubectl = Command::new("kubectl");
        kubectl.arg("kustomize").arg(workshop);
        run(kubectl)?.with_context(|| {
            format!(
                "{shown} is a kustomization, and there is neither kustomize nor kubectl; install one \
                 (https://kubectl.docs.kubernetes.io/installation/kustomize), or build elsewhere: \
                 kustomize build {shown} | holystone scan -"
            )
        })
    }
}

/// The way from one folder to another; both are absolute.
fn relative(to: &Path, from: &Path) -> PathBuf {
    let shared = to.components().zip(from.components()).take_while(|(to, from)| to == from).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// Runs a program; nothing if it is not there.
fn run(mut command: Command) -> anyhow::Result<Option<Rendered>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        ran => ran.with_context(|| format!("cannot run {name}"))?,
    };
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let last = error.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
        return Ok(Some(Err(format!("{name} fails: {}", last.trim()))));
    }
    match String::from_utf8(output.stdout) {
        Ok(text) => Ok(Some(Ok(text))),
        Err(_) => bail!("{name} wrote what is not UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_found() {
        let way = |to: &str, from: &str| relative(Path::new(to), Path::new(from));
        assert_eq!(way("/a/b/c", "/a/x/y"), Path::new("../../b/c"));
        assert_eq!(way("/a", "/a/x"), Path::new(".."));
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn folders_are_told_apart() {
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\n";
        let root = folder(&[
            ("chart/Chart.yaml", "name: x\n"),
            ("library/Chart.yaml", "{name: x, type: library}\n"),
            ("over/kustomization.yml", "resources: [../base, ../x.yaml]\n"),
            ("base/Kustomization", "resources: [a.yaml]\n"),
            ("part/kustomization.yaml", "kind: Component\n"),
            ("flux/kustomization.yaml", flux),
        ]);
        let of = |name: &str| Package::of(&root.path().join(name));
        assert_eq!(of("chart"), Some(Package::Chart));
        assert_eq!(of("library"), Some(Package::Library));
        assert_eq!(of("over"), Some(Package::Kustomization));
        assert_eq!(of("part"), Some(Package::Part));
        assert_eq!((of("flux"), of("none")), (None, None));
        let [base, over] = ["base", "over"].map(|name| root.path().join(name));
        assert_eq!(topmost(vec![base, over.clone()]), [over]);
    }
}
