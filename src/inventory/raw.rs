//! An object as it came over the wire: its own slice of JSON, not yet decoded.

use std::{borrow::Cow, fmt};

use kube::{
    Resource,
    api::ObjectMeta,
    core::{ApiResource, DynamicResourceScope},
};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

/// An undecoded object. Decoding a list of these cannot fail because of one of them.
#[derive(Clone)]
pub(super) struct Raw {
    metadata: ObjectMeta,
    json: Box<RawValue>,
}

impl fmt::Debug for Raw {
    /// The content may be anything, and has no place in a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Raw({:?}, {:?})", self.metadata.namespace, self.metadata.name)
    }
}

impl Raw {
    /// The object's JSON.
    pub(super) fn json(&self) -> &str {
        self.json.get()
    }

    /// Namespace and name; empty where absent.
    pub(super) fn names(&self) -> (String, String) {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        (text(&self.metadata.namespace), text(&self.metadata.name))
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Envelope {
            metadata: Names,
        }
        #[derive(Default, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        struct Names {
            name: Option<String>,
            namespace: Option<String>,
            resource_version: Option<String>,
        }
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let Envelope { metadata } = serde_json::from_str(json.get())
            .map_err(|_| de::Error::custom("object without readable metadata"))?;
        let metadata = ObjectMeta {
            name: metadata.name,
            namespace: metadata.namespace,
            resource_version: metadata.resource_version,
            ..ObjectMeta::default()
        };
        Ok(Self { metadata, json })
    }
}

impl Resource for Raw {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        resource.kind.as_str().into()
    }

    fn group(resource: &ApiResource) -> Cow<'_, str> {
        resource.group.as_str().into()
    }

    fn version(resource: &ApiResource) -> Cow<'_, str> {
        resource.version.as_str().into()
    }

    fn api_version(resource: &ApiResource) -> Cow<'_, str> {
        resource.api_version.as_str().into()
    }

    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        resource.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
