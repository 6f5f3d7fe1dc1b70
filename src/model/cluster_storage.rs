//! Look-ups of storage.

use super::{Body, Cluster, Facts, Kind, StorageClass};

/// The annotations of the class that claims without a class get; the second is of old.
const IS_DEFAULT: [&str; 2] = [
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
];

impl Cluster {
    /// A storage class by name.
    #[must_use]
    pub fn storage_class(&self, name: &str) -> Option<&StorageClass> {
        storage_class(self.find(Kind::StorageClass, "", name)?)
    }

    /// The class that claims without a class get.
    #[must_use]
    pub fn default_storage_class(&self) -> Option<&StorageClass> {
        self.all(Kind::StorageClass)
            .find(|facts| Self::is_default_class(facts))
            .and_then(storage_class)
    }

    /// Whether a storage class is the one that claims without a class get.
    #[must_use]
    pub fn is_default_class(facts: &Facts) -> bool {
        let says_so = |key| Some(facts.whole()?.annotations.value(key)? == "true");
        IS_DEFAULT.into_iter().any(|key| says_so(key) == Some(true))
    }

    /// Whether a claim has the name of one that a `StatefulSet` makes: template, name, ordinal.
    #[must_use]
    pub fn is_claim_of_stateful_set(&self, namespace: &str, claim: &str) -> bool {
        let Some((rest, ordinal)) = claim.rsplit_once('-') else { return false };
        let makes = |facts: &Facts| {
            let template =
                rest.strip_suffix(&*facts.key.name).and_then(|rest| rest.strip_suffix('-'));
            let claims = facts.workload().map_or(&[][..], |workload| &workload.claims);
            template.is_some_and(|template| claims.iter().any(|(name, _)| name == template))
        };
        ordinal.bytes().all(|c| c.is_ascii_digit())
            && self.all_in(Kind::StatefulSet, namespace).any(makes)
    }

    /// Whether some volume, claim or claim template names a storage class.
    #[must_use]
    pub fn uses_storage_class(&self, name: &str) -> bool {
        let of_volume = |facts: &Facts| match facts.whole_body() {
            Some(Body::PersistentVolume(volume)) => volume.spec.storage_class_name == name,
            Some(Body::PersistentVolumeClaim(claim)) => {
                claim.spec.storage_class_name.as_deref() == Some(name)
            }
            _ => false,
        };
        let mut stored =
            self.all(Kind::PersistentVolume).chain(self.all(Kind::PersistentVolumeClaim));
        let of_template = |facts: &Facts| {
            let claims = facts.workload().map_or(&[][..], |workload| &workload.claims);
            claims.iter().any(|(_, class)| class.as_deref() == Some(name))
        };
        stored.any(of_volume) || self.all(Kind::StatefulSet).any(of_template)
    }
}

fn storage_class(facts: &Facts) -> Option<&StorageClass> {
    match facts.whole_body() {
        Some(Body::StorageClass(class)) => Some(class),
        _ => None,
    }
}
