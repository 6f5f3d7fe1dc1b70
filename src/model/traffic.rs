//! Which objects have to do with the same traffic: found at once, without comparing all with all.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{BuildHasher, Hash, RandomState},
};

use super::{FactBody, Facts, Ingress, IngressPath, ObjectKey, Service, keys::Keys};

/// Objects by what they have in common. Whoever looks up compares what is found once more, for two
/// slots may share a number.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    hasher: RandomState,
    slots: HashMap<u64, Keys>,
}

/// What objects have in common.
#[derive(Hash, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot<'a> {
    /// Services of a namespace that select by a label.
    Selecting { namespace: &'a str, key: &'a str, value: &'a str },
    /// Ingresses that claim a host and a path.
    Claiming { host: String, path: &'a str, path_type: &'a str },
}

impl Traffic {
    /// Takes in an object, in the place of what was known of it.
    pub(super) fn replace(&mut self, known: Option<&Facts>, facts: &Facts) {
        known.into_iter().for_each(|known| self.remove(known));
        for slot in slots(facts) {
            self.slots.entry(self.hasher.hash_one(slot)).or_default().insert(&facts.key);
        }
    }

    /// Takes out an object that is gone.
    pub(super) fn remove(&mut self, facts: &Facts) {
        for slot in slots(facts) {
            let number = self.hasher.hash_one(slot);
            let Some(keys) = self.slots.get_mut(&number) else { continue };
            keys.remove(&facts.key);
            if keys.is_empty() {
                self.slots.remove(&number);
            }
        }
    }

    pub(super) fn at(&self, slot: &Slot<'_>) -> impl Iterator<Item = &ObjectKey> + use<'_> {
        self.slots.get(&self.hasher.hash_one(slot)).into_iter().flat_map(Keys::iter)
    }
}

fn slots(facts: &Facts) -> BTreeSet<Slot<'_>> {
    match &facts.body {
        FactBody::Service(service) => {
            selecting(&facts.key.namespace, service).into_iter().collect()
        }
        FactBody::Ingress(ingress) => claims(ingress).collect(),
        _ => BTreeSet::new(),
    }
}

/// A Service is found by one label of its selector: the longest value says most.
pub(super) fn selecting<'a>(namespace: &'a str, service: &'a Service) -> Option<Slot<'a>> {
    let labels = service.selector.iter().filter(|_| service.has_selector());
    labels.max_by_key(|(_, value)| value.len()).map(|(key, value)| Slot::Selecting {
        namespace,
        key,
        value,
    })
}

/// The hosts and paths that an Ingress claims. Hosts are compared without regard to case, and a
/// prefix ends with or without a slash.
pub(super) fn claims(ingress: &Ingress) -> impl Iterator<Item = Slot<'_>> {
    let rules = ingress.rules.iter().filter(|_| !ingress.is_canary);
    rules.flat_map(|rule| rule.paths.iter().map(|path| claim(&rule.host, path)))
}

pub(super) fn claim<'a>(
    host: &str,
    IngressPath { path, path_type, .. }: &'a IngressPath,
) -> Slot<'a> {
    let path = match path_type.as_str() {
        "Exact" => path.as_str(),
        "Prefix" => path.trim_end_matches('/'),
        _ if path.is_empty() => "/",
        _ => path.as_str(),
    };
    Slot::Claiming { host: host.to_ascii_lowercase(), path, path_type }
}
