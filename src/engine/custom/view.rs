//! An object as expressions see it: whole, as the API server would hold it.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::model::{Kind, LAST_APPLIED, Object};

/// A whole object. The values of a Secret are empty: no expression can copy them into a message.
#[derive(Clone, Debug, PartialEq)]
pub struct View(Json);

impl View {
    /// Reads what was kept of an object; `None` where nothing was.
    #[must_use]
    pub fn of(object: &Object) -> Option<Self> {
        let Ok(Json::Object(mut fields)) = serde_json::from_str(object.whole.as_deref()?) else {
            return None;
        };
        // What is listed does not say what it is.
        fields.entry("apiVersion").or_insert_with(|| json!(object.api_version.as_str()));
        fields.entry("kind").or_insert_with(|| json!(object.kind_name.as_str()));
        if let (Some(namespace), Some(Json::Object(metadata))) =
            (&object.meta.namespace, fields.get_mut("metadata"))
        {
            metadata.insert("namespace".to_owned(), json!(namespace.as_str()));
        }
        if object.kind == Kind::Secret {
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
