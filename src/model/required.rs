//! Labels and annotations that a policy asks for.

use std::fmt;

use globset::{Glob, GlobMatcher};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use super::{Body, Kind, Labels, Object, TemplateMeta};

/// A label or annotation that has to be there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequiredKey {
    /// The key, for example `app.kubernetes.io/name`.
    pub key: String,
    /// A glob that the value has to match, for example `team-*` or `{dev,prod}`; without it every
    /// value but an empty one will do.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub pattern: Option<ValuePattern>,
}

/// A glob over a value: `*` and `?` match any characters, `[ab]` one of a set, `{a,b}` alternatives.
#[derive(Clone, Debug)]
pub struct ValuePattern(GlobMatcher);

impl ValuePattern {
    /// Whether the whole text is as the glob says.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl fmt::Display for ValuePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.glob().glob())
    }
}

impl<'de> Deserialize<'de> for ValuePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let glob = Glob::new(&text).map_err(|error| {
            de::Error::custom(format!("`{text}` is not a glob ({})", error.kind()))
        })?;
        Ok(Self(glob.compile_matcher()))
    }
}

/// A required key that an object does not have as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack<'key> {
    /// The key.
    pub key: &'key str,
    /// JSON pointer of the entry, or of where it should be.
    pub path: String,
    /// How it is: `absent`, `empty`, or `not as required`. Never the value.
    pub found: &'static str,
}

impl RequiredKey {
    fn lack(&self, entries: &Labels) -> Option<&'static str> {
        match (entries.value(&self.key), &self.pattern) {
            (None, _) => Some("absent"),
            (Some(value), _) if value.trim().is_empty() => Some("empty"),
            (Some(value), Some(pattern)) if !pattern.matches(value) => Some("not as required"),
            _ => None,
        }
    }
}

/// The two maps of an object's metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetaField {
    /// `metadata.labels`.
    Labels,
    /// `metadata.annotations`.
    Annotations,
}

impl Object {
    /// The required keys that the object lacks, and those that its pod template does where that is
    /// asked for.
    #[must_use]
    pub fn lacks<'key>(
        &self,
        field: MetaField,
        required: &'key [RequiredKey],
        pod_template: bool,
    ) -> Vec<Lack<'key>> {
        type Entries = fn(&TemplateMeta) -> &Labels;
        let (name, own, of_template): (_, _, Entries) = match field {
            MetaField::Labels => ("labels", &self.meta.labels, |meta| &meta.labels),
            MetaField::Annotations => {
                ("annotations", &self.meta.annotations, |meta| &meta.annotations)
            }
        };
        let template = match &self.body {
            Body::Workload(workload) if pod_template && self.kind != Kind::Pod => {
                Some((workload.template_path(), of_template(&workload.template.metadata)))
            }
            _ => None,
        };
        let mut lacks = Vec::new();
        for (prefix, entries) in [("", own)].into_iter().chain(template) {
            lacks.extend(required.iter().filter_map(|required| {
                let key = required.key.as_str();
                let pointer = key.replace('~', "~0").replace('/', "~1");
                let path = format!("{prefix}/metadata/{name}/{pointer}");
                Some(Lack { key, path, found: required.lack(entries)? })
            }));
        }
        lacks
    }
}
