//! From what an object says of who deploys it to the repository that people edit, step by step
//! through the objects of Flux and Argo CD that somebody else looks up.

use serde_json::Value;

use crate::{
    api::Source,
    engine::Target,
    model::{BuiltFrom, Deployed, Deployer, Kind, Tool, decode},
};

use super::{path_in, repository};

const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io";
const HELM: &str = "helm.toolkit.fluxcd.io";
const FLUX_SOURCE: &str = "source.toolkit.fluxcd.io";
const ARGO: &str = "argoproj.io";
/// Where an artifact says which Git repository it was made from.
const ARTIFACT_SOURCE: &str = "/status/artifact/metadata/org.opencontainers.image.source";

/// What is known of the source of an object, and where more of it is to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// What is known by now.
    pub source: Source,
    /// The object to look up next. An Application without a namespace is in that of Argo CD.
    pub next: Option<Target>,
}

impl Trail {
    /// The beginning: what the object itself says.
    #[must_use]
    pub fn of(deployed: &Deployed) -> Self {
        match &deployed.by {
            Deployer::Tool(tool) => Self { source: tool_alone(*tool), next: None },
            Deployer::Release(release) => Self {
                source: named(Tool::Helm, "", &release.namespace, &release.name),
                next: None,
            },
            Deployer::Kustomization(place) => {
                Self::at(Tool::Flux, KUSTOMIZE, "Kustomization", &place.namespace, &place.name)
            }
            Deployer::HelmRelease(place) => {
                Self::at(Tool::Flux, HELM, "HelmRelease", &place.namespace, &place.name)
            }
            Deployer::Application(place) => {
                Self::at(Tool::ArgoCd, ARGO, "Application", &place.namespace, &place.name)
            }
        }
    }

    /// The beginning where the object itself has to be looked up first.
    #[must_use]
    pub fn about(target: Target) -> Self {
        Self { source: Source::default(), next: Some(target) }
    }

    fn beginning(deployed: &Deployed) -> Self {
        let Self { source, next } = Self::of(deployed);
        Self { source: refined(source, deployed.built_from.as_ref()), next }
    }

    fn at(tool: Tool, group: &str, kind: &str, namespace: &str, name: &str) -> Self {
        let next = object(group, kind, namespace, name);
        Self { source: named(tool, kind, namespace, name), next: Some(next) }
    }

    /// Whether of an object that is looked up more is read than its metadata.
    #[must_use]
    pub fn is_of_a_tool(target: &Target) -> bool {
        matches!(
            (&*target.group, &*target.kind),
            (KUSTOMIZE, "Kustomization") | (HELM, "HelmRelease") | (FLUX_SOURCE, _)
        ) || is_application(target)
    }

    /// Takes in the object that was looked up, as JSON.
    #[must_use]
    pub fn follow(self, json: &str) -> Self {
        let Some(found) = &self.next else { return self };
        if self.source.tool.is_none() {
            return deployed(found, json)
                .map(|deployed| Self::beginning(&deployed))
                .unwrap_or_default();
        }
        let value: Value = serde_json::from_str(json).unwrap_or_default();
        match (&*found.group, &*found.kind) {
            (KUSTOMIZE, "Kustomization") => {
                let path = path_in("", text(&value, "/spec/path"));
                let next = reference(&value, "/spec/sourceRef", &found.namespace);
                Self { source: Source { path, ..self.source }, next }
            }
            (HELM, "HelmRelease") => self.through_release(&value, json),
            (FLUX_SOURCE, "HelmChart") => self.through_chart(&value, "/spec"),
            (FLUX_SOURCE, _) => {
                let url = artifact_origin(&value).or_else(|| repository(text(&value, "/spec/url")));
                let url = url.or_else(|| bucket(&value));
                Self { source: Source { url, ..self.source }, next: None }
            }
            _ if is_application(found) => self.through_application(&value),
            _ => Self { next: None, ..self },
        }
    }

    /// People edit the release where it is committed; else there is only its chart.
    fn through_release(self, release: &Value, json: &str) -> Self {
        let deployed = self.next.as_ref().and_then(|found| deployed(found, json));
        let above =
            deployed.map(|deployed| Self::of(&deployed)).filter(|above| above.next.is_some());
        if let Some(Self { next, .. }) = above {
            return Self { next, ..self };
        }
        if release.pointer("/spec/chartRef").is_some() {
            let namespace = self.next.as_ref().map(|found| &*found.namespace).unwrap_or_default();
            let next = reference(release, "/spec/chartRef", namespace);
            return Self { next, ..self };
        }
        self.through_chart(release, "/spec/chart/spec")
    }

    fn through_chart(self, value: &Value, place: &str) -> Self {
        let namespace = self.next.as_ref().map(|found| &*found.namespace).unwrap_or_default();
        let next = reference(value, &format!("{place}/sourceRef"), namespace);
        let path = path_in("", text(value, &format!("{place}/chart")));
        Self { source: Source { path, ..self.source }, next }
    }

    fn through_application(self, application: &Value) -> Self {
        let (url, path) = edited(application);
        let (url, path) = (repository(url), path_in("", path));
        let is_its_own = self.source.kind.as_deref() == Some("Application");
        let namespace = text(application, "/metadata/namespace");
        let namespace = match is_its_own && !namespace.is_empty() {
            true => Some(namespace.to_owned()),
            false => self.source.namespace,
        };
        Self { source: Source { namespace, url, path, ..self.source }, next: None }
    }
}

/// The source, with the very file where kustomize has told that.
#[must_use]
pub fn refined(source: Source, built_from: Option<&BuiltFrom>) -> Source {
    let Some(BuiltFrom { path, repo }) = built_from else { return source };
    if !repo.is_empty() {
        let Some(url) = repository(repo) else { return source };
        return Source { url: Some(url), path: path_in("", path), ..source };
    }
    // Without the folder of the kustomization, the file of a named object could be anywhere.
    let is_known = source.url.is_some() || source.name.is_none();
    let file = path_in(source.path.as_deref().unwrap_or_default(), path).filter(|_| is_known);
    Source { path: file.or(source.path), ..source }
}

/// What of an Application people edit: what it is hydrated from; a folder in a repository; of a
/// chart with values in another repository, the values.
fn edited(application: &Value) -> (&str, &str) {
    if let Some(dry) = application.pointer("/spec/sourceHydrator/drySource") {
        return (text(dry, "/repoURL"), text(dry, "/path"));
    }
    let many = application.pointer("/spec/sources").and_then(Value::as_array);
    let one = application.pointer("/spec/source");
    let sources: Vec<&Value> = many.into_iter().flatten().chain(one).collect();
    let folder = sources.iter().find(|source| !text(source, "/path").is_empty());
    let values = || sources.iter().find(|source| !text(source, "/ref").is_empty());
    let Some(source) = folder.or_else(values).or(sources.first()) else { return ("", "") };
    let path = match (text(source, "/path"), text(source, "/chart"), text(source, "/ref")) {
        ("", "", name) => values_of(&sources, name),
        ("", chart, _) => chart,
        (path, ..) => path,
    };
    (text(source, "/repoURL"), path)
}

/// The first file of values that a chart takes from the source of that name.
fn values_of<'a>(sources: &[&'a Value], name: &str) -> &'a str {
    let files = sources.iter().filter_map(|source| source.pointer("/helm/valueFiles")?.as_array());
    let mut files = files.flatten().filter_map(Value::as_str);
    files
        .find_map(|file| file.strip_prefix('$')?.strip_prefix(name)?.strip_prefix('/'))
        .unwrap_or("")
}

/// What the metadata of an object tells that was looked up.
fn deployed(target: &Target, json: &str) -> Option<Deployed> {
    let object = decode(Kind::Other, json).ok()?;
    Deployed::of((&target.group, &target.kind), &object.meta)
}

fn artifact_origin(source: &Value) -> Option<String> {
    repository(text(source, ARTIFACT_SOURCE))
}

fn bucket(source: &Value) -> Option<String> {
    let (endpoint, name) = (text(source, "/spec/endpoint"), text(source, "/spec/bucketName"));
    (!name.is_empty()).then(|| repository(&format!("https://{endpoint}/{name}")))?
}

/// The source that an object of Flux refers to, in its own namespace where no other is named.
fn reference(value: &Value, place: &str, namespace: &str) -> Option<Target> {
    let reference = value.pointer(place)?;
    let own = Some(text(reference, "/namespace")).filter(|namespace| !namespace.is_empty());
    let place = crate::model::Place::parse(own.unwrap_or(namespace), text(reference, "/name"))?;
    let kind = text(reference, "/kind");
    let kinds = [
        "GitRepository",
        "OCIRepository",
        "Bucket",
        "HelmRepository",
        "HelmChart",
        "ExternalArtifact",
    ];
    kinds.contains(&kind).then(|| object(FLUX_SOURCE, kind, &place.namespace, &place.name))
}

fn object(group: &str, kind: &str, namespace: &str, name: &str) -> Target {
    Target {
        group: group.into(),
        kind: kind.into(),
        namespace: namespace.into(),
        name: name.into(),
    }
}

fn is_application(target: &Target) -> bool {
    (&*target.group, &*target.kind) == (ARGO, "Application")
}

fn named(tool: Tool, kind: &str, namespace: &str, name: &str) -> Source {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (kind, namespace, name) = (text(kind), text(namespace), text(name));
    Source { kind, namespace, name, ..tool_alone(tool) }
}

fn tool_alone(tool: Tool) -> Source {
    Source { tool: Some(tool.as_str().to_owned()), ..Source::default() }
}

fn text<'a>(value: &'a Value, place: &str) -> &'a str {
    value.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
