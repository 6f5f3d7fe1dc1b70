//! An object as expressions see it: whole, as the API server would hold it.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::{
    engine::lookup::strip,
    model::{Kind, LAST_APPLIED, Object, ObjectKey},
};

/// A whole object. The values of a Secret are empty: no expression can copy them into a message.
#[derive(Clone, Debug, PartialEq)]
pub struct View(Json);

impl View {
    /// Reads what was kept of an object; `None` where nothing was.
    #[must_use]
    pub fn of(object: &Object) -> Option<Self> {
        let names = [object.api_version.as_str(), object.kind_name.as_str()];
        Self::parse(object.whole.as_deref()?, object.kind, names, object.meta.namespace.as_deref())
    }

    /// Reads an object of a kind of the catalogue.
    #[must_use]
    pub fn of_known(key: &ObjectKey, whole: &str) -> Option<Self> {
        let ObjectKey { kind, namespace, .. } = key;
        let names = [&*kind.api_version(), kind.name()];
        Self::parse(whole, *kind, names, Some(&**namespace).filter(|name| !name.is_empty()))
    }

    fn parse(
        whole: &str,
        kind: Kind,
        [api_version, name]: [&str; 2],
        namespace: Option<&str>,
    ) -> Option<Self> {
        let Ok(Json::Object(mut fields)) = serde_json::from_str(whole) else { return None };
        // What is listed does not say what it is.
        fields.entry("apiVersion").or_insert_with(|| json!(api_version));
        fields.entry("kind").or_insert_with(|| json!(name));
        if let (Some(namespace), Some(Json::Object(metadata))) =
            (namespace, fields.get_mut("metadata"))
        {
            metadata.insert("namespace".to_owned(), json!(namespace));
        }
        if kind == Kind::Secret {
            hide(&mut fields);
        }
        Some(Self(Json::Object(fields)))
    }

    /// What [`View::keep`] has kept.
    #[must_use]
    pub fn read(kept: &str) -> Option<Self> {
        serde_json::from_str(kept).ok().map(Self)
    }

    /// The same as text, which takes less room.
    #[must_use]
    pub fn keep(&self) -> Arc<str> {
        self.0.to_string().into()
    }

    /// The same without what checks that look it up have no use for: so that it is no news when
    /// nothing has changed but that.
    #[must_use]
    pub fn keep_stripped(&self) -> Arc<str> {
        let mut stripped = self.0.clone();
        strip(&mut stripped);
        stripped.to_string().into()
    }

    /// The object.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// Group and version; the core group is empty.
    pub(super) fn group_version(&self) -> (&str, &str) {
        let text = self.0["apiVersion"].as_str().unwrap_or_default();
        text.split_once('/').unwrap_or(("", text))
    }

    pub(super) fn kind(&self) -> &str {
        self.0["kind"].as_str().unwrap_or_default()
    }

    pub(super) fn is_namespace(&self) -> bool {
        (self.kind(), self.group_version().0) == ("Namespace", "")
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        self.0["metadata"]["namespace"].as_str().filter(|name| !name.is_empty())
    }

    /// The namespace in which it looks others up; `None` where that is the whole cluster, because it
    /// is itself in no namespace.
    pub(super) fn scope(&self) -> Option<&str> {
        let is_of_namespaces = || {
            let (group, _) = self.group_version();
            Kind::find(group, self.kind()).is_some_and(Kind::is_namespaced)
        };
        match self.namespace() {
            None if self.is_namespace() => self.0["metadata"]["name"].as_str(),
            None => is_of_namespaces().then_some(""),
            namespace => namespace,
        }
    }

    pub(super) fn label(&self, key: &str) -> Option<&str> {
        self.0["metadata"]["labels"].get(key)?.as_str()
    }
}

/// Empties what a Secret holds, and the copy of it that `kubectl apply` makes.
fn hide(secret: &mut Map<String, Json>) {
    for field in ["data", "stringData"] {
        if let Some(Json::Object(values)) = secret.get_mut(field) {
            values.values_mut().for_each(|value| *value = json!(""));
        }
    }
    let annotations = secret.get_mut("metadata").and_then(|meta| meta.get_mut("annotations"));
    if let Some(Json::Object(annotations)) = annotations {
        annotations.remove(LAST_APPLIED);
    }
}
