//! Which objects a custom check judges.

use crate::{
    api,
    engine::{Contents, PolicyError, scope},
    model::LabelSelector,
};

use super::View;

/// One entry of `match`.
#[derive(Debug)]
pub(super) struct Match {
    groups: Vec<String>,
    versions: Vec<String>,
    kinds: Vec<String>,
    namespaces: Option<LabelSelector>,
    objects: Option<LabelSelector>,
}

/// Whether an object is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meant {
    No,
    /// Its Namespace is not known, and would decide.
    Unknown,
    Yes,
}

impl Match {
    pub(super) fn compile(field: &str, written: &api::KindMatch) -> Result<Self, PolicyError> {
        let api::KindMatch { api_groups, api_versions, kinds, namespace_selector, object_selector } =
            written;
        let missing =
            |name: &str, problem: &str| PolicyError::new(format!("{field}.{name}"), problem);
        let is_glob = |texts: &[String]| texts.iter().any(|text| text.contains('*'));
        if api_groups.is_empty() {
            return Err(missing("apiGroups", "names none; the core group is \"\""));
        }
        if kinds.is_empty() {
            return Err(missing("kinds", "names none"));
        }
        for (name, texts) in [("apiGroups", api_groups), ("kinds", kinds)] {
            if is_glob(texts) {
                return Err(missing(name, "holds a `*`; name each, so that it can be watched"));
            }
        }
        let any = |versions: &[String]| versions.iter().any(|version| version == "*");
        Ok(Self {
            groups: api_groups.clone(),
            versions: if any(api_versions) { Vec::new() } else { api_versions.clone() },
            kinds: kinds.clone(),
            namespaces: scope::selector(
                namespace_selector.as_ref(),
                &format!("{field}.namespaceSelector"),
            )?,
            objects: scope::selector(object_selector.as_ref(), &format!("{field}.objectSelector"))?,
        })
    }

    /// Group and kind of what it may mean.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let of_group = |group| self.kinds.iter().map(move |kind: &String| (group, kind.as_str()));
        self.groups.iter().map(String::as_str).flat_map(of_group)
    }

    /// The versions that it takes; none is any.
    pub(super) fn versions(&self) -> impl Iterator<Item = &str> {
        self.versions.iter().map(String::as_str)
    }

    /// Whether it takes a version.
    pub(super) fn takes(&self, version: &str) -> bool {
        self.versions.is_empty() || self.versions.iter().any(|known| known == version)
    }

    /// Whether the labels of a Namespace matter.
    pub(super) fn reads_namespaces(&self) -> bool {
        self.namespaces.is_some()
    }

    pub(super) fn means(&self, view: &View, contents: &Contents) -> Meant {
        let (group, version) = view.group_version();
        let has = |texts: &[String], text: &str| texts.iter().any(|known| known == text);
        let is_kind =
            has(&self.kinds, view.kind()) && has(&self.groups, group) && self.takes(version);
        let selects =
            |selector: &LabelSelector, view: &View| selector.selects_by(|key| view.label(key));
        if !is_kind || self.objects.as_ref().is_some_and(|selector| !selects(selector, view)) {
            return Meant::No;
        }
        let Some(selector) = &self.namespaces else { return Meant::Yes };
        let namespace = match view.namespace() {
            None if view.is_namespace() => Some(view),
            None => return Meant::Yes,
            Some(name) => contents.namespace(name),
        };
        match namespace {
            Some(namespace) if selects(selector, namespace) => Meant::Yes,
            Some(_) => Meant::No,
            None => Meant::Unknown,
        }
    }
}
