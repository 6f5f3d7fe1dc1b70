//! The volumes of a pod.

use std::fmt;

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, de};

use super::{
    Labels, List, Quantity,
    mirror::mirror,
    storage::{ClaimMeta, ClaimSpec},
};

/// A volume of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Volume {
    /// The name that mounts use.
    pub name: CompactString,
    /// What is mounted.
    pub source: VolumeSource,
}

/// What a volume holds. The API server takes one source only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the field of that name")]
pub enum VolumeSource {
    /// Nothing is said; the API server makes it an `emptyDir`.
    #[default]
    Absent,
    ConfigMap(NamedSource),
    Csi(CsiSource),
    EmptyDir(EmptyDir),
    Ephemeral(Box<EphemeralSource>),
    HostPath(HostPath),
    PersistentVolumeClaim(ClaimSource),
    Projected(ProjectedSource),
    Secret(SecretSource),
    /// Another one, by the name of its field.
    Other(CompactString),
}

mirror! {
    /// A `ConfigMap` whose keys become files, or a Secret in a projection; no items are all keys.
    pub struct NamedSource {
        pub name: CompactString,
        pub optional: Option<bool>,
        pub items: List<KeyToPath>,
    }

    /// A Secret whose keys become files; no items are all keys.
    pub struct SecretSource {
        pub secret_name: CompactString,
        pub optional: Option<bool>,
        pub items: List<KeyToPath>,
    }

    /// One key that becomes a file.
    pub struct KeyToPath {
        pub key: CompactString,
        pub path: CompactString,
    }

    /// A volume of a CSI driver that lives as long as the pod.
    pub struct CsiSource {
        pub driver: CompactString,
        pub read_only: Option<bool>,
        pub volume_attributes: Labels,
    }

    /// Scratch space.
    pub struct EmptyDir {
        /// Empty, `Memory`, or one of the huge pages.
        pub medium: CompactString,
        pub size_limit: Option<Quantity>,
    }

    /// A claim that is made for the pod.
    pub struct EphemeralSource {
        pub volume_claim_template: Option<ClaimTemplate>,
    }

    /// The claim that is made, here or for the pods of a `StatefulSet`.
    pub struct ClaimTemplate {
        pub metadata: ClaimMeta,
        pub spec: ClaimSpec,
    }

    /// A path of the node.
    pub struct HostPath {
        pub path: CompactString,
        /// What must be there; empty is not looked at.
        #[serde(rename = "type")]
        pub kind: CompactString,
    }

    /// A claim by name.
    pub struct ClaimSource {
        pub claim_name: CompactString,
        pub read_only: Option<bool>,
    }

    /// Several sources in one volume.
    pub struct ProjectedSource {
        pub sources: List<Projection>,
    }

    /// One of several sources.
    pub struct Projection {
        pub config_map: Option<NamedSource>,
        pub secret: Option<NamedSource>,
        pub service_account_token: Option<TokenProjection>,
    }

    /// A token of the pod's account.
    pub struct TokenProjection {
        pub audience: CompactString,
        pub expiration_seconds: Option<i64>,
        pub path: CompactString,
    }
}

impl VolumeSource {
    /// The field that holds the source, for example `emptyDir`; empty when there is none.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Absent => "",
            Self::ConfigMap(_) => "configMap",
            Self::Csi(_) => "csi",
            Self::EmptyDir(_) => "emptyDir",
            Self::Ephemeral(_) => "ephemeral",
            Self::HostPath(_) => "hostPath",
            Self::PersistentVolumeClaim(_) => "persistentVolumeClaim",
            Self::Projected(_) => "projected",
            Self::Secret(_) => "secret",
            Self::Other(field) => field,
        }
    }

    /// The source that a field holds; `None` where it is `null`.
    fn read<'de, A: de::MapAccess<'de>>(
        field: &str,
        map: &mut A,
    ) -> Result<Option<Self>, A::Error> {
        Ok(match field {
            "configMap" => map.next_value::<Option<_>>()?.map(Self::ConfigMap),
            "csi" => map.next_value::<Option<_>>()?.map(Self::Csi),
            "emptyDir" => map.next_value::<Option<_>>()?.map(Self::EmptyDir),
            "ephemeral" => map.next_value::<Option<_>>()?.map(Self::Ephemeral),
            "hostPath" => map.next_value::<Option<_>>()?.map(Self::HostPath),
            "persistentVolumeClaim" => {
                map.next_value::<Option<_>>()?.map(Self::PersistentVolumeClaim)
            }
            "projected" => map.next_value::<Option<_>>()?.map(Self::Projected),
            "secret" => map.next_value::<Option<_>>()?.map(Self::Secret),
            other => map.next_value::<Option<de::IgnoredAny>>()?.map(|_| Self::Other(other.into())),
        })
    }
}

impl HostPath {
    /// Whether it is a directory, or lies below it. Everything lies below the root, so only the
    /// root itself is meant by it.
    #[must_use]
    pub fn is_within(&self, directory: &str) -> bool {
        match segments(directory).next() {
            None => segments(&self.path).next().is_none(),
            Some(_) => starts_with(segments(&self.path), segments(directory)),
        }
    }

    /// Whether it is a directory above a path, or the path itself.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        starts_with(segments(path), segments(&self.path))
    }
}

/// The names on a path. `/var/run` is a link to `/run`, and the API server takes no `..`.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let linked = path.strip_prefix("/var").filter(|rest| starts_with_run(rest));
    linked.unwrap_or(path).split('/').filter(|name| !matches!(*name, "" | "."))
}

fn starts_with_run(path: &str) -> bool {
    path.strip_prefix("/run").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn starts_with<'path>(
    mut path: impl Iterator<Item = &'path str>,
    mut start: impl Iterator<Item = &'path str>,
) -> bool {
    start.all(|name| path.next() == Some(name))
}

impl<'de> Deserialize<'de> for Volume {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> de::Visitor<'de> for Fields {
            type Value = Volume;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a volume")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Volume, A::Error> {
                let mut volume = Volume::default();
                while let Some(field) = map.next_key::<CompactString>()? {
                    if field == "name" {
                        volume.name = map.next_value()?;
                    } else if let Some(source) = VolumeSource::read(&field, &mut map)? {
                        volume.source = source;
                    }
                }
                Ok(volume)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(json: &str) -> VolumeSource {
        serde_json::from_str::<Volume>(json).unwrap().source
    }

    #[test]
    fn paths_are_compared_by_their_names() {
        let host = |path: &str| HostPath { path: path.into(), ..HostPath::default() };
        for (path, directory, is_within, contains) in [
            ("/etc", "/etc", true, true),
            ("/etc//ssl/./", "/etc", true, false),
            ("/etcd", "/etc", false, false),
            ("/var/run/crio/", "/run", true, false),
            ("/var", "/var/run/crio", false, false),
            ("/var/runner", "/run", false, false),
            ("/var", "/var/lib/kubelet", false, true),
            ("/", "/etc", false, true),
            ("/", "/", true, true),
            ("/etc", "/", false, false),
        ] {
            let host = host(path);
            assert_eq!(host.is_within(directory), is_within, "{path} within {directory}");
            assert_eq!(host.contains(directory), contains, "{path} contains {directory}");
        }
    }

    #[test]
    fn a_source_is_the_field_that_is_not_null() {
        for (json, field) in [
            (r#"{"name": "a", "hostPath": {}}"#, "hostPath"),
            (r#"{"hostPath": null, "name": "a"}"#, ""),
            (r#"{"nfs": {"server": "x"}, "hostPath": null}"#, "nfs"),
        ] {
            assert_eq!(source(json).field(), field, "{json}");
        }
        let VolumeSource::Secret(secret) = source(r#"{"secret": {"secretName": "s"}}"#) else {
            panic!("not a Secret")
        };
        assert_eq!(secret.secret_name, "s");
    }
}
