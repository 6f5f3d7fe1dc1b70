//! What pods need by name in their namespace: `ConfigMaps`, Secrets and claims.

use std::fmt;

use compact_str::CompactString;

use super::{KeyToPath, Kind, List, Placed, VolumeSource, Workload};

/// A reference of a pod to an object of its namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// `ConfigMap`, `Secret` or `PersistentVolumeClaim`.
    pub kind: Kind,
    /// The name.
    pub name: CompactString,
    /// The key that is needed; empty where all of them are.
    pub key: CompactString,
    /// Whether pods start without it.
    pub optional: bool,
    /// Where it stands.
    pub place: ReferencePlace,
}

/// Where a reference stands in the `spec` of a pod; shown as a JSON pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants say it: lists and their indexes")]
pub enum ReferencePlace {
    Env { list: &'static str, container: u16, index: u16 },
    EnvFrom { list: &'static str, container: u16, index: u16 },
    Volume { index: u16 },
    Projection { index: u16, source: u16 },
    PullSecret { index: u16 },
}

impl fmt::Display for ReferencePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env { list, container, index } => {
                write!(formatter, "/{list}/{container}/env/{index}/valueFrom")
            }
            Self::EnvFrom { list, container, index } => {
                write!(formatter, "/{list}/{container}/envFrom/{index}")
            }
            Self::Volume { index } => write!(formatter, "/volumes/{index}"),
            Self::Projection { index, source } => {
                write!(formatter, "/volumes/{index}/projected/sources/{source}")
            }
            Self::PullSecret { index } => write!(formatter, "/imagePullSecrets/{index}"),
        }
    }
}

impl Workload {
    /// What the pods need by name.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        self.all_containers().for_each(|place| of_environment(&place, &mut found));
        for (index, volume) in (0..).zip(&self.pod().volumes) {
            of_volume(&volume.source, index, &mut found);
        }
        for (index, secret) in (0..).zip(&self.pod().image_pull_secrets) {
            let place = ReferencePlace::PullSecret { index };
            found.extend(reference(Kind::Secret, &secret.name, Some(true), place));
        }
        found
    }
}

fn of_environment(placed: &Placed<'_>, found: &mut Vec<Reference>) {
    let (list, container) = (placed.kind.field(), placed.index as u16);
    for (index, variable) in (0..).zip(&placed.container.env) {
        let place = ReferencePlace::Env { list, container, index };
        let Some(from) = &variable.value_from else { continue };
        let of_map = from.config_map_key_ref.as_ref().map(|from| (Kind::ConfigMap, from));
        let of_secret = from.secret_key_ref.as_ref().map(|from| (Kind::Secret, from));
        for (kind, from) in of_map.into_iter().chain(of_secret) {
            let reference = reference(kind, &from.name, from.optional, place);
            found.extend(reference.map(|whole| Reference { key: from.key.clone(), ..whole }));
        }
    }
    for (index, source) in (0..).zip(&placed.container.env_from) {
        let place = ReferencePlace::EnvFrom { list, container, index };
        let of_map = source.config_map_ref.as_ref().map(|from| (Kind::ConfigMap, from));
        let of_secret = source.secret_ref.as_ref().map(|from| (Kind::Secret, from));
        for (kind, from) in of_map.into_iter().chain(of_secret) {
            found.extend(reference(kind, &from.name, from.optional, place));
        }
    }
}

fn of_volume(source: &VolumeSource, index: u16, found: &mut Vec<Reference>) {
    let place = ReferencePlace::Volume { index };
    match source {
        VolumeSource::ConfigMap(map) => {
            let whole = reference(Kind::ConfigMap, &map.name, map.optional, place);
            of_items(whole, &map.items, found);
        }
        VolumeSource::Secret(secret) => {
            let whole = reference(Kind::Secret, &secret.secret_name, secret.optional, place);
            of_items(whole, &secret.items, found);
        }
        VolumeSource::PersistentVolumeClaim(claim) => {
            found.extend(reference(Kind::PersistentVolumeClaim, &claim.claim_name, None, place));
        }
        VolumeSource::Projected(projected) => {
            for (source, projection) in (0..).zip(&projected.sources) {
                let place = ReferencePlace::Projection { index, source };
                let of_map = projection.config_map.as_ref().map(|from| (Kind::ConfigMap, from));
                let of_secret = projection.secret.as_ref().map(|from| (Kind::Secret, from));
                for (kind, from) in of_map.into_iter().chain(of_secret) {
                    of_items(reference(kind, &from.name, from.optional, place), &from.items, found);
                }
            }
        }
        _ => {}
    }
}

/// A reference to a whole object; a name that is absent is refused by the API server.
fn reference(
    kind: Kind,
    name: &CompactString,
    optional: Option<bool>,
    place: ReferencePlace,
) -> Option<Reference> {
    let optional = optional == Some(true);
    let key = CompactString::default();
    (!name.is_empty()).then(|| Reference { kind, name: name.clone(), key, optional, place })
}

/// One reference for each key, or one to all of them.
fn of_items(whole: Option<Reference>, items: &List<KeyToPath>, found: &mut Vec<Reference>) {
    let Some(whole) = whole else { return };
    if items.is_empty() {
        found.push(whole);
    } else {
        found.extend(items.iter().map(|item| Reference { key: item.key.clone(), ..whole.clone() }));
    }
}
