//! Which objects name an object of another kind, so that to find them costs a look-up.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use super::{Body, Cluster, FactBody, Facts, Kind, ObjectKey, keys::Keys};

/// An object as another one names it. It need not exist, nor be of a kind that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Named<'a> {
    /// The API group; empty for the core group.
    pub group: &'a str,
    /// The kind.
    pub kind: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The name.
    pub name: &'a str,
}

impl Named<'_> {
    fn id(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

impl<'a> From<&'a ObjectKey> for Named<'a> {
    fn from(key: &'a ObjectKey) -> Self {
        let ObjectKey { kind, namespace, name } = key;
        Self { group: kind.group(), kind: kind.name(), namespace, name }
    }
}

/// The objects that name another one, by the hash of what they name.
#[derive(Debug, Default)]
pub(super) struct Naming(HashMap<u64, Keys>);

impl Naming {
    /// Takes in an object, in the place of what was known of it.
    pub(super) fn replace(&mut self, known: Option<&Facts>, facts: &Facts) {
        known.into_iter().for_each(|known| self.remove(known));
        facts.each_named(|named| {
            self.0.entry(named.id()).or_default().insert(&facts.key);
        });
    }

    /// Takes out an object that is gone.
    pub(super) fn remove(&mut self, facts: &Facts) {
        facts.each_named(|named| {
            let Some(keys) = self.0.get_mut(&named.id()) else { return };
            keys.remove(&facts.key);
            if keys.is_empty() {
                self.0.remove(&named.id());
            }
        });
    }

    /// The objects that may name another one, in the order of their keys.
    pub(super) fn to(&self, named: Named<'_>) -> impl Iterator<Item = &ObjectKey> + use<'_> {
        self.0.get(&named.id()).into_iter().flat_map(Keys::iter)
    }
}

impl Facts {
    /// Calls for each object that this one names, where somebody asks for that.
    fn each_named<'a>(&'a self, mut call: impl FnMut(Named<'a>)) {
        let namespace = &*self.key.namespace;
        if let Some(target) = self.scale_target() {
            let (group, kind, name) = (target.group(), target.kind.as_str(), target.name.as_str());
            call(Named { group, kind, namespace, name });
        }
        for (kind, name) in self.trouble().iter().flat_map(|trouble| &trouble.owners) {
            call(Named { group: kind.group(), kind: kind.name(), namespace, name });
        }
        self.each_service(|namespace, name| {
            call(Named { group: "", kind: Kind::Service.name(), namespace, name });
        });
    }

    /// Calls for the namespace and name of each Service that this object leads to.
    fn each_service<'a>(&'a self, mut call: impl FnMut(&'a str, &'a str)) {
        let own = &*self.key.namespace;
        match (&self.body, self.whole_body()) {
            (FactBody::Ingress(ingress), _) => {
                let names =
                    ingress.backends().filter_map(|(_, backend)| backend.service.as_deref());
                names.for_each(|name| call(own, name));
            }
            (FactBody::EndpointSlice(slice), _) if !slice.service.is_empty() => {
                call(own, &slice.service);
            }
            (_, Some(Body::Route(route))) => {
                let backends = route.backends().map(|(_, backend)| backend);
                for backend in backends.filter(|backend| backend.is_service()) {
                    call(backend.namespace_or(own), &backend.name);
                }
            }
            (_, Some(Body::WebhookConfiguration(configuration))) => {
                let configs = configuration.webhooks.iter().map(|webhook| &webhook.client_config);
                for service in configs.filter_map(|config| config.service.as_ref()) {
                    call(&service.namespace, &service.name);
                }
            }
            _ => {}
        }
    }

    fn names(&self, named: &Named<'_>) -> bool {
        let mut found = false;
        self.each_named(|other| found |= other == *named);
        found
    }
}

impl Cluster {
    /// The objects of a kind that name another one, in the order of their keys.
    pub fn naming<'a>(&'a self, kind: Kind, named: Named<'a>) -> impl Iterator<Item = &'a Facts> {
        let keys = self.naming.to(named).filter(move |key| key.kind == kind);
        keys.filter_map(|key| self.facts(key)).filter(move |facts| facts.names(&named))
    }

    /// The workloads whose verdicts depend on a pod that one of them stands for.
    pub(super) fn owners_of_trouble(&self, key: &ObjectKey) -> impl Iterator<Item = ObjectKey> {
        let trouble = self.facts(key).and_then(Facts::trouble);
        trouble.into_iter().flat_map(|trouble| trouble.owners_in(&key.namespace))
    }
}
