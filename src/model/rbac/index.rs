//! Which bindings name whom and which role, and which roles aggregate which. Kept up with every
//! object, so that an answer costs look-ups.

use std::{
    collections::{BTreeSet, HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Arc,
};

use compact_str::CompactString;

use super::{
    super::{FactBody, Facts, Kind, LabelSelector, ObjectKey, RoleFacts, keys::Keys},
    Binding, Power, Reach, Role, SYSTEM_NAMESPACE, Who,
};

/// Bindings by what they name, and cluster roles by their labels and selectors.
#[derive(Debug, Default)]
pub(in crate::model) struct Index {
    pub(super) users: ByName,
    pub(super) groups: ByName,
    /// The group of all accounts of a namespace has the empty name.
    pub(super) accounts: ByNamespace,
    pub(super) cluster_roles: ByName,
    pub(super) roles: ByNamespace,
    /// Cluster roles by each of their labels.
    pub(super) labelled: BTreeSet<(u64, Arc<str>)>,
    /// Cluster roles that aggregate others, by a label that each of their selectors demands.
    pub(super) selecting: BTreeSet<(u64, Arc<str>)>,
    /// What the own rules of a cluster role give; most give no power.
    pub(super) powers: HashMap<Arc<str>, Box<[Power]>>,
}

type ByName = HashMap<CompactString, Bindings>;
type ByNamespace = HashMap<CompactString, ByName>;

/// Stands for the selectors that demand no single label.
pub(super) const NO_LABEL: u64 = 0;

/// What a label is looked up by. Two may share it: whoever looks them up compares.
pub(super) fn label_id(key: &str, value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, value).hash(&mut hasher);
    hasher.finish().max(NO_LABEL + 1)
}

/// What a selector is looked up by.
pub(super) fn selector_id(selector: &LabelSelector) -> u64 {
    selector.match_labels.iter().next().map_or(NO_LABEL, |(key, value)| label_id(key, value))
}

/// The cluster roles of an id, in the order of their names.
pub(super) fn of_id(set: &BTreeSet<(u64, Arc<str>)>, id: u64) -> impl Iterator<Item = &str> {
    set.range((id, Arc::default())..)
        .take_while(move |(other, _)| *other == id)
        .map(|(_, name)| &**name)
}

impl Index {
    /// Takes in an object, in the place of what was known of it.
    pub(in crate::model) fn replace(&mut self, known: Option<&Facts>, facts: &Facts) {
        known.into_iter().for_each(|known| self.remove(known));
        self.insert(facts);
    }

    fn insert(&mut self, facts: &Facts) {
        let key = &facts.key;
        match &facts.body {
            FactBody::Binding { binding, .. } => {
                self.change(key, binding, |bindings| bindings.insert(key));
            }
            FactBody::Role(facts) if key.kind == Kind::ClusterRole => {
                let RoleFacts { labels, role, .. } = &**facts;
                let name = || Arc::clone(&key.name);
                self.labelled.extend(labels.iter().map(|(k, v)| (label_id(k, v), name())));
                self.selecting.extend(selector_ids(role).map(|id| (id, name())));
                let powers = Power::given_by(&role.rules, Reach::Cluster);
                if !powers.is_empty() {
                    self.powers.insert(name(), powers.into());
                }
            }
            _ => {}
        }
    }

    /// Takes out an object that is gone.
    pub(in crate::model) fn remove(&mut self, facts: &Facts) {
        let key = &facts.key;
        match &facts.body {
            FactBody::Binding { binding, .. } => {
                self.change(key, binding, |bindings| bindings.remove(key));
            }
            FactBody::Role(facts) if key.kind == Kind::ClusterRole => {
                let RoleFacts { labels, role, .. } = &**facts;
                for (label, value) in labels.iter() {
                    self.labelled.remove(&(label_id(label, value), Arc::clone(&key.name)));
                }
                for id in selector_ids(role) {
                    self.selecting.remove(&(id, Arc::clone(&key.name)));
                }
                self.powers.remove(&key.name);
            }
            _ => {}
        }
    }

    /// Changes the bindings of a role, and of each subject.
    fn change(&mut self, key: &ObjectKey, binding: &Binding, act: impl Fn(&mut Bindings)) {
        let role = &binding.role_ref.name;
        match binding.role_ref.role_kind() {
            Some(Kind::ClusterRole) => change(&mut self.cluster_roles, role, &act),
            Some(_) => change_in(&mut self.roles, &key.namespace, role, &act),
            None => {}
        }
        for who in binding.subjects.iter().filter_map(|subject| subject.who(key.scope())) {
            match who {
                Who::User(name) => change(&mut self.users, name, &act),
                Who::Group(name) => change(&mut self.groups, name, &act),
                Who::AccountsOf(namespace) => change_in(&mut self.accounts, namespace, "", &act),
                Who::Account { namespace, name } => {
                    change_in(&mut self.accounts, namespace, name, &act);
                }
            }
        }
    }

    /// The bindings that name somebody; those of their groups are others.
    pub(super) fn of(&self, who: Who<'_>) -> &Bindings {
        let in_namespace = |namespace, name| self.accounts.get(namespace)?.get(name);
        let found = match who {
            Who::User(name) => self.users.get(name),
            Who::Group(name) => self.groups.get(name),
            Who::AccountsOf(namespace) => in_namespace(namespace, ""),
            Who::Account { namespace, name } => in_namespace(namespace, name),
        };
        found.unwrap_or(&Bindings::None)
    }

    /// The bindings to a role.
    pub(super) fn to(&self, kind: Kind, namespace: &str, name: &str) -> &Bindings {
        let found = match kind {
            Kind::ClusterRole => self.cluster_roles.get(name),
            _ => self.roles.get(namespace).and_then(|roles| roles.get(name)),
        };
        found.unwrap_or(&Bindings::None)
    }
}

fn selector_ids(role: &Role) -> impl Iterator<Item = u64> {
    role.selectors().iter().map(selector_id)
}

/// Changes an entry; one that is empty then is forgotten.
fn change(map: &mut ByName, name: &str, act: impl Fn(&mut Bindings)) {
    let bindings = map.entry(name.into()).or_default();
    act(bindings);
    if bindings.is_empty() {
        map.remove(name);
    }
}

fn change_in(map: &mut ByNamespace, namespace: &str, name: &str, act: impl Fn(&mut Bindings)) {
    let names = map.entry(namespace.into()).or_default();
    change(names, name, act);
    if names.is_empty() {
        map.remove(namespace);
    }
}

/// Bindings, those of the cluster before those of namespaces.
pub(super) type Bindings = Keys;

impl Bindings {
    /// The cluster role bindings.
    pub(super) fn wide(&self) -> impl Iterator<Item = &ObjectKey> {
        self.iter().take_while(|key| key.kind == Kind::ClusterRoleBinding)
    }

    /// Those that reach just so far.
    pub(super) fn reaching(&self, reach: Reach) -> Box<dyn Iterator<Item = &ObjectKey> + '_> {
        match reach {
            Reach::Cluster => Box::new(self.wide()),
            Reach::System => Box::new(self.of_namespace(SYSTEM_NAMESPACE)),
            Reach::Namespace => Box::new(self.iter().filter(move |key| Reach::of(key) == reach)),
        }
    }

    /// The role bindings of a namespace.
    pub(super) fn of_namespace<'a>(
        &'a self,
        namespace: &str,
    ) -> impl Iterator<Item = &'a ObjectKey> + use<'a> {
        let first = ObjectKey {
            kind: Kind::RoleBinding,
            namespace: namespace.into(),
            name: Arc::default(),
        };
        let namespace = Arc::clone(&first.namespace);
        self.starting_at(first)
            .take_while(move |key| key.kind == Kind::RoleBinding && key.namespace == namespace)
    }
}
