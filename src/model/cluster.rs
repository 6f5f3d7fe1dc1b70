//! The facts of a whole cluster, or of a set of files, with every lookup that a check may ask.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, OnceLock},
};

use compact_str::CompactString;

use super::{
    FactBody, Facts, Image, Kind, KindSet, Labels, Object, ObjectKey, PodDisruptionBudget, Rbac,
    ServiceAccount, WorkloadFacts, change::Change, cluster_nodes::Tolerations,
    cluster_tenancy::Pools, cluster_usage::Measured, cluster_uses::Uses, naming::Naming,
    rbac::Index, traffic::Traffic,
};

type Names = HashMap<Arc<str>, Facts>;

/// The facts by kind, namespace and name.
#[derive(Debug, Default)]
pub struct Cluster {
    kinds: BTreeMap<Kind, HashMap<Arc<str>, Names>>,
    /// Size in bytes of each image that a node reports, by canonical name. It is computed when it
    /// is first asked for, and anew after a change.
    image_sizes: OnceLock<HashMap<String, i64>>,
    /// What is used in each namespace, computed in the same way.
    pub(super) uses: Mutex<HashMap<Arc<str>, Arc<Uses>>>,
    /// The measured pods of each namespace, in the same way.
    pub(super) measured: Mutex<HashMap<Arc<str>, Arc<Measured>>>,
    /// Namespaces by the nodes that their pods ask for, computed in the same way.
    pub(super) pools: OnceLock<Pools>,
    /// Group and kind of the objects of kinds that no check knows.
    others: HashSet<(CompactString, CompactString)>,
    pub(super) tolerations: Tolerations,
    pub(super) naming: Naming,
    rbac: Index,
    traffic: Traffic,
    complete: KindSet,
}

impl Cluster {
    /// What names an object. The name of a namespace is kept once.
    #[must_use]
    pub fn key(&self, object: &Object) -> ObjectKey {
        let key = object.key();
        match self.find(Kind::Namespace, "", &key.namespace) {
            Some(namespace) => ObjectKey { namespace: Arc::clone(&namespace.key.name), ..key },
            None => key,
        }
    }

    /// Adds an object or replaces it; the answer is what that changes, if anything.
    pub fn insert(&mut self, mut facts: Facts) -> Option<Change> {
        let names = self
            .kinds
            .entry(facts.key.kind)
            .or_default()
            .entry(Arc::clone(&facts.key.namespace))
            .or_default();
        if let Some(known) = names.get(&facts.key.name) {
            if known.body == facts.body {
                return None;
            }
            facts.follow(known);
        }
        let known = names.get(&facts.key.name);
        self.naming.replace(known, &facts);
        self.rbac.replace(known, &facts);
        self.traffic.replace(known, &facts);
        let change = Change::of(known, Some(&facts));
        let key = facts.key.clone();
        names.insert(Arc::clone(&key.name), facts);
        self.forget_computed(&key, change);
        Some(change)
    }

    /// Notes that there is an object of a kind that no check knows.
    pub fn insert_other(&mut self, object: &Object) {
        self.insert_kind(object.group(), &object.kind_name);
    }

    /// Notes that there is an object of this kind, which no check knows.
    pub fn insert_kind(&mut self, group: &str, kind: &str) {
        self.others.insert((group.into(), kind.into()));
    }

    /// Whether there is an object of a kind, which need not be one that checks know.
    #[must_use]
    pub fn has_any(&self, group: &str, kind: &str) -> bool {
        match Kind::find(group, kind) {
            Some(kind) => self.count(kind) > 0,
            None => self.others.contains(&(group.into(), kind.into())),
        }
    }

    /// Removes an object; the answer is what that changes, if it was there.
    pub fn remove(&mut self, key: &ObjectKey) -> Option<Change> {
        let namespaces = self.kinds.get_mut(&key.kind)?;
        let names = namespaces.get_mut(&key.namespace)?;
        let removed = names.remove(&key.name);
        if names.is_empty() {
            namespaces.remove(&key.namespace);
        }
        let facts = removed?;
        self.naming.remove(&facts);
        self.rbac.remove(&facts);
        self.traffic.remove(&facts);
        let change = Change::of(Some(&facts), None);
        self.forget_computed(key, change);
        Some(change)
    }

    /// Forgets a kind that is no longer read.
    pub fn forget(&mut self, kind: Kind) {
        let forgotten = self.kinds.remove(&kind).unwrap_or_default();
        for facts in forgotten.values().flat_map(HashMap::values) {
            self.naming.remove(facts);
            self.rbac.remove(facts);
            self.traffic.remove(facts);
        }
        self.forget_uses(kind, None);
        self.forget_measured(None);
        self.image_sizes = OnceLock::new();
        self.pools = OnceLock::new();
        self.tolerations = OnceLock::new();
        self.set_complete(kind, false);
    }

    /// What was computed from an object that has changed no longer holds.
    fn forget_computed(&mut self, key: &ObjectKey, change: Change) {
        if !change.is_judged {
            return;
        }
        self.forget_uses(key.kind, Some(&key.namespace));
        match key.kind {
            Kind::Node => self.image_sizes = OnceLock::new(),
            Kind::PodMetrics => self.forget_measured(Some(&key.namespace)),
            _ => {}
        }
        if change.pool {
            self.pools = OnceLock::new();
        }
        if change.tolerations {
            self.tolerations = OnceLock::new();
        }
    }

    /// Says whether every object of a kind is here: only then does absence prove anything.
    pub fn set_complete(&mut self, kind: Kind, complete: bool) {
        let others = self.complete.iter().filter(|other| *other != kind);
        self.complete = others.chain(complete.then_some(kind)).collect();
    }

    /// Whether every object of a kind is here.
    #[must_use]
    pub fn is_complete(&self, kind: Kind) -> bool {
        self.complete.contains(kind)
    }

    /// Which objects have to do with the same traffic.
    pub(super) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// How many objects of a kind are here.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.kinds.get(&kind).map_or(0, |namespaces| namespaces.values().map(HashMap::len).sum())
    }

    /// The facts of one object.
    #[must_use]
    pub fn facts(&self, key: &ObjectKey) -> Option<&Facts> {
        self.find(key.kind, &key.namespace, &key.name)
    }

    /// The facts of one object, by its names.
    #[must_use]
    pub fn find(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Facts> {
        self.kinds.get(&kind)?.get(namespace)?.get(name)
    }

    /// The namespaces that hold objects of a kind.
    pub fn namespaces_of(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.kinds.get(&kind).into_iter().flat_map(HashMap::keys).map(|name| &**name)
    }

    /// All objects of a kind.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = &Facts> {
        self.kinds.get(&kind).into_iter().flatten().flat_map(|(_, names)| names.values())
    }

    /// All objects of a kind in a namespace; the empty one holds what is cluster-scoped.
    pub fn all_in(&self, kind: Kind, namespace: &str) -> impl Iterator<Item = &Facts> {
        let names = self.kinds.get(&kind).and_then(|namespaces| namespaces.get(namespace));
        names.into_iter().flat_map(HashMap::values)
    }

    /// The objects of a kind that what changes in a namespace may matter to: those in it, the
    /// Namespace itself, or all of a kind that is in none.
    pub fn related<'facts>(
        &'facts self,
        kind: Kind,
        namespace: &'facts str,
    ) -> Box<dyn Iterator<Item = &'facts Facts> + 'facts> {
        match kind {
            Kind::Namespace => Box::new(self.find(kind, "", namespace).into_iter()),
            kind if kind.is_namespaced() => Box::new(self.all_in(kind, namespace)),
            kind => Box::new(self.all(kind)),
        }
    }

    /// Whether a change of an object can matter to objects of a kind that are not told by
    /// [`Self::dependents`]. `change` is that of the object.
    #[must_use]
    pub fn may_matter(judged: Kind, changed: Kind, change: Change) -> bool {
        match judged {
            Kind::Node if changed.is_workload() => change.tolerations,
            Kind::PriorityClass => change.priority_class,
            _ => !Rbac::tells(judged, changed),
        }
    }

    /// Everything in a namespace.
    pub fn inside(&self, namespace: &str) -> impl Iterator<Item = &ObjectKey> {
        let kinds = self.kinds.values().filter_map(move |namespaces| namespaces.get(namespace));
        kinds.flat_map(HashMap::values).map(|facts| &facts.key)
    }

    /// The workloads of a namespace.
    pub fn workloads_in(&self, namespace: &str) -> impl Iterator<Item = (&Facts, &WorkloadFacts)> {
        Kind::WORKLOADS
            .iter()
            .flat_map(move |kind| self.all_in(*kind, namespace))
            .filter_map(|facts| Some((facts, facts.workload()?)))
    }

    /// The disruption budgets that select the pods of a workload.
    pub fn budgets_of(
        &self,
        namespace: &str,
        workload: &WorkloadFacts,
    ) -> impl Iterator<Item = (&Facts, &PodDisruptionBudget)> {
        self.all_in(Kind::PodDisruptionBudget, namespace).filter_map(move |facts| {
            let FactBody::PodDisruptionBudget(budget) = &facts.body else { return None };
            let selector = budget.selector.as_ref()?;
            workload.is_selected_by(selector).then_some((facts, &**budget))
        })
    }

    /// The labels of a namespace; `None` when it is not known.
    #[must_use]
    pub fn namespace_labels(&self, namespace: &str) -> Option<&Labels> {
        match &self.find(Kind::Namespace, "", namespace)?.body {
            FactBody::Namespace(namespace) => Some(&namespace.labels),
            _ => None,
        }
    }

    /// The annotations of a namespace; `None` when it is not known.
    #[must_use]
    pub fn namespace_annotations(&self, namespace: &str) -> Option<&Labels> {
        match &self.find(Kind::Namespace, "", namespace)?.body {
            FactBody::Namespace(namespace) => Some(&namespace.annotations),
            _ => None,
        }
    }

    /// A `ServiceAccount` by name.
    #[must_use]
    pub fn account(&self, namespace: &str, name: &str) -> Option<&ServiceAccount> {
        match &self.find(Kind::ServiceAccount, namespace, name)?.body {
            FactBody::ServiceAccount(account) => Some(account),
            _ => None,
        }
    }

    /// `automountServiceAccountToken` of a `ServiceAccount`; `None` where it is absent, or where the
    /// account is not known.
    #[must_use]
    pub fn account_automounts(&self, namespace: &str, name: &str) -> Option<bool> {
        self.account(namespace, name)?.automount_service_account_token
    }

    /// Who can do what.
    #[must_use]
    pub fn rbac(&self) -> Rbac<'_> {
        Rbac::new(self, &self.rbac)
    }

    /// Objects in another namespace, or in none, whose verdicts depend on this one.
    #[must_use]
    pub fn dependents(&self, key: &ObjectKey) -> Vec<ObjectKey> {
        let mut dependents = self.rbac().dependents(key);
        dependents.extend(self.traffic_dependents(key));
        dependents.extend(self.owners_of_trouble(key));
        dependents
    }

    /// The size of an image on some node, in bytes, unpacked; `None` where no node reports it.
    #[must_use]
    pub fn image_size(&self, image: &str) -> Option<i64> {
        let sizes = self.image_sizes.get_or_init(|| self.measure_images());
        sizes.get(&Image::parse(image).canonical()).copied()
    }

    fn measure_images(&self) -> HashMap<String, i64> {
        let mut sizes = HashMap::new();
        for facts in self.all(Kind::Node) {
            let FactBody::Node(node) = &facts.body else { continue };
            for image in &node.images {
                for name in &image.names {
                    let size: &mut i64 = sizes.entry(Image::parse(name).canonical()).or_default();
                    *size = image.size_bytes.max(*size);
                }
            }
        }
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::decode;

    fn facts(kind: Kind, json: &str) -> Facts {
        Facts::of(&decode(kind, json).unwrap())
    }

    #[test]
    fn sizes_follow_nodes() {
        let mut cluster = Cluster::default();
        let node = facts(
            Kind::Node,
            r#"{"metadata": {"name": "one"}, "status": {"images": [
                {"names": ["docker.io/library/nginx:1"], "sizeBytes": 7}]}}"#,
        );
        assert_eq!(cluster.image_size("nginx:1"), None);
        cluster.insert(node);
        assert_eq!(cluster.image_size("nginx:1"), Some(7));
        cluster.forget(Kind::Node);
        assert_eq!(cluster.image_size("nginx:1"), None);
    }
}
