//! Who uses what, by name: looked up by what is used, and computed once for each namespace.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use compact_str::CompactString;

use super::{Body, Cluster, FactBody, Kind, WorkloadFacts};

/// What is used in one namespace.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// By kind and name, the keys that are used; `None` where all of them are.
    named: HashMap<(Kind, CompactString), Option<HashSet<CompactString>>>,
    accounts: HashSet<CompactString>,
    priority_classes: HashSet<CompactString>,
}

impl Uses {
    fn add(&mut self, kind: Kind, name: &str, key: &str) {
        let keys = self.named.entry((kind, name.into())).or_insert_with(|| Some(HashSet::new()));
        match keys {
            Some(keys) if !key.is_empty() => {
                keys.insert(key.into());
            }
            _ => *keys = None,
        }
    }

    fn add_workload(&mut self, workload: &WorkloadFacts) {
        for reference in &workload.references {
            self.add(reference.kind, &reference.name, &reference.key);
        }
        self.accounts.insert(workload.service_account_name.clone());
        if !workload.priority_class_name.is_empty() {
            self.priority_classes.insert(workload.priority_class_name.clone());
        }
    }
}

impl Cluster {
    /// An object of a kind that refers to others has changed.
    pub(super) fn forget_uses(&mut self, kind: Kind, namespace: Option<&str>) {
        let Ok(uses) = self.uses.get_mut() else { return };
        match (kind, namespace) {
            (Kind::ServiceAccount | Kind::Ingress, Some(namespace)) => {
                uses.remove(namespace);
            }
            (kind, Some(namespace)) if kind.is_workload() => {
                uses.remove(namespace);
            }
            (Kind::Gateway, _) | (_, None) => uses.clear(),
            _ => {}
        }
    }

    fn uses_in(&self, namespace: &str) -> Arc<Uses> {
        let known = self.uses.lock().ok().and_then(|uses| uses.get(namespace).cloned());
        known.unwrap_or_else(|| {
            let found = Arc::new(self.find_uses(namespace));
            if let Ok(mut uses) = self.uses.lock() {
                uses.insert(namespace.into(), Arc::clone(&found));
            }
            found
        })
    }

    fn find_uses(&self, namespace: &str) -> Uses {
        let mut uses = Uses::default();
        self.workloads_in(namespace).for_each(|(_, workload)| uses.add_workload(workload));
        for facts in self.all_in(Kind::ServiceAccount, namespace) {
            let FactBody::ServiceAccount(account) = &facts.body else { continue };
            for secret in account.image_pull_secrets.iter().chain(&account.secrets) {
                uses.add(Kind::Secret, &secret.name, "");
            }
        }
        for facts in self.all_in(Kind::Ingress, namespace) {
            let FactBody::Ingress(ingress) = &facts.body else { continue };
            ingress.tls.iter().for_each(|tls| uses.add(Kind::Secret, &tls.secret_name, ""));
        }
        // Gateways may refer to Secrets of other namespaces.
        for facts in self.all(Kind::Gateway) {
            let Some(Body::Gateway(gateway)) = facts.whole_body() else { continue };
            let tls = gateway.listeners.iter().filter_map(|listener| listener.tls.as_ref());
            for certificate in tls.flat_map(|tls| &tls.certificate_refs) {
                let of = certificate.namespace.as_deref().unwrap_or(&facts.key.namespace);
                if of == namespace {
                    uses.add(Kind::Secret, &certificate.name, "");
                }
            }
        }
        uses
    }

    /// Whether a `ConfigMap`, Secret or claim is used by something that names it.
    #[must_use]
    pub fn is_used(&self, kind: Kind, namespace: &str, name: &str) -> bool {
        self.uses_in(namespace).named.contains_key(&(kind, name.into()))
    }

    /// Whether a key of a `ConfigMap` or Secret is used, by itself or with all others.
    #[must_use]
    pub fn is_key_used(&self, kind: Kind, namespace: &str, name: &str, key: &str) -> bool {
        match self.uses_in(namespace).named.get(&(kind, name.into())) {
            Some(Some(keys)) => keys.contains(key),
            Some(None) => true,
            None => false,
        }
    }

    /// Whether pods of a namespace run as a service account.
    #[must_use]
    pub fn runs_as(&self, namespace: &str, account: &str) -> bool {
        self.uses_in(namespace).accounts.contains(account)
    }

    /// Whether pods of any namespace have a priority class.
    #[must_use]
    pub fn uses_priority_class(&self, name: &str) -> bool {
        let mut namespaces = Kind::WORKLOADS.iter().flat_map(|kind| self.namespaces_of(*kind));
        namespaces.any(|namespace| self.uses_in(namespace).priority_classes.contains(name))
    }
}
