//! The items that exist, and what to write so that they say what is true.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    mem,
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    api::{ActionItem, ActionItemStatus, CHECK_LABEL, Decision, FIELD_MANAGER, Gaps, State},
    engine::Target,
};

use super::{Fate, belongs, next_status};

/// What names a finding: the check, and the object that it is about.
pub type Identity = (Arc<str>, Target);

/// An item that exists.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Item {
    /// Its name.
    pub name: Arc<str>,
    /// The version that a write has to be based on.
    pub resource_version: String,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Whether it carries our labels.
    is_labelled: bool,
    /// What people decided about it.
    pub decision: Option<Box<Decision>>,
    /// Whether people have decided, assigned or linked anything.
    pub is_triaged: bool,
    /// Whether somebody else has created it, and wants it to be there.
    pub is_committed: bool,
    /// What we hold true: what we wrote last, or what was there when we first looked.
    pub status: ActionItemStatus,
    /// What somebody else made of it, where it differs.
    tampered: bool,
}

impl Item {
    /// The item as it was just read.
    fn seen(item: &ActionItem) -> Self {
        let ActionItem { metadata, spec, status } = item;
        let labels = metadata.labels.as_ref();
        Self {
            name: metadata.name.as_deref().unwrap_or_default().into(),
            resource_version: metadata.resource_version.clone().unwrap_or_default(),
            created: metadata.creation_timestamp.as_ref().map(|time| time.0),
            is_labelled: labels.is_some_and(|labels| labels.contains_key(CHECK_LABEL)),
            decision: spec.decision.clone().map(Box::new),
            is_triaged: spec.decision.is_some()
                || spec.assignee.is_some()
                || !spec.links.is_empty(),
            is_committed: is_committed(item),
            status: status.clone().unwrap_or_default(),
            tampered: false,
        }
    }
}

/// One write. Each is safe to repeat, and each but the first is refused if the item has changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Create the item, then set its status.
    Open {
        /// Digit after the name, once hashes have collided.
        attempt: u8,
        /// The status to set.
        status: Box<ActionItemStatus>,
    },
    /// Set the status.
    Update {
        /// The item's name.
        name: Arc<str>,
        /// The version that the write is based on.
        resource_version: String,
        /// Whether our labels have to be added: somebody else created the item.
        add_labels: bool,
        /// The status to set.
        status: Box<ActionItemStatus>,
    },
    /// Delete an item that is no longer kept, or an object that took the name of an item and is about
    /// something else.
    Delete {
        /// Its name.
        name: Arc<str>,
        /// The version that was seen.
        resource_version: String,
    },
}

impl Action {
    /// The status to set.
    #[must_use]
    pub fn status(&self) -> Option<&ActionItemStatus> {
        match self {
            Self::Open { status, .. } | Self::Update { status, .. } => Some(status),
            Self::Delete { .. } => None,
        }
    }

    /// The rank of the severity; what is more severe is written first.
    #[must_use]
    pub fn urgency(&self) -> u32 {
        self.status().and_then(|status| status.severity_rank).unwrap_or_default()
    }
}

/// What stands on the name of an item and is not it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InTheWay {
    /// An object that is on its way out.
    Ending,
    /// The item of another identity, whose hash is the same.
    Collision,
    /// An object that says something else than its name.
    Foreign,
}

/// All items, by what they are about.
#[derive(Debug, Default)]
pub struct Book {
    own_namespace: Arc<str>,
    /// Boxed, for a node of the inner map has room for eleven.
    items: HashMap<Target, BTreeMap<Arc<str>, Box<Item>>>,
    /// Identities that are being written: they are not planned until the answer is there.
    in_flight: HashSet<Identity>,
    /// Foreign objects on the names of items, to be deleted.
    foreign: HashMap<Identity, (Arc<str>, String)>,
    /// How often the hash of an identity has collided.
    collisions: HashMap<Identity, u8>,
    /// Items that a running list has shown.
    listed: Option<HashSet<Identity>>,
    is_complete: bool,
    /// What an older definition lacks: such fields are not written.
    gaps: Gaps,
}

impl Book {
    /// An empty book. Items about cluster-scoped objects live in `own_namespace`.
    #[must_use]
    pub fn new(own_namespace: Arc<str>) -> Self {
        Self { own_namespace, ..Self::default() }
    }

    /// The namespace that the item about a target lives in.
    #[must_use]
    pub fn namespace_of<'a>(&'a self, target: &'a Target) -> &'a Arc<str> {
        target.home(&self.own_namespace)
    }

    /// Whether all items are known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Takes note of an item that was listed, watched or written. The answer is what to plan
    /// again; `None` for an item that is not ours to keep.
    pub fn observe(&mut self, item: &ActionItem) -> Option<Identity> {
        let identity = self.identity(item)?;
        if let Some(listed) = &mut self.listed {
            listed.insert(identity.clone());
        }
        let seen = Item::seen(item);
        let (check, target) = identity.clone();
        let checks = self.items.entry(target).or_default();
        match checks.get_mut(&check) {
            Some(known) if is_older(&seen.resource_version, &known.resource_version) => {
                return None;
            }
            Some(known) => {
                let status = mem::take(&mut known.status);
                **known = Item { tampered: status != seen.status, status, ..seen };
            }
            None => {
                checks.insert(check, Box::new(seen));
            }
        }
        Some(identity)
    }

    /// Takes note of an item that is gone; the answer is what to plan again.
    pub fn forget(&mut self, item: &ActionItem) -> Option<Identity> {
        let identity = self.identity(item)?;
        self.drop_item(&identity);
        Some(identity)
    }

    /// The item of an identity is gone.
    pub fn forget_identity(&mut self, identity: &Identity) {
        self.drop_item(identity);
    }

    fn drop_item(&mut self, (check, target): &Identity) {
        if let Some(checks) = self.items.get_mut(target) {
            checks.remove(check);
            if checks.is_empty() {
                self.items.remove(target);
            }
        }
    }

    /// What an item is about, if it bears the name and lives in the namespace that follow from it.
    fn identity(&self, item: &ActionItem) -> Option<Identity> {
        let target = Target::from(&item.spec.target);
        let name = item.metadata.name.as_deref().unwrap_or_default();
        let is_home = item.metadata.namespace.as_deref() == Some(&**self.namespace_of(&target));
        (is_home && belongs(name, &item.spec.check, &target))
            .then(|| (item.spec.check.as_str().into(), target))
    }

    /// A complete list of items begins.
    pub fn list_started(&mut self) {
        self.listed = Some(HashSet::new());
    }

    /// It has ended: what it did not show is gone. The answer is what to plan again.
    pub fn list_done(&mut self) -> Vec<Identity> {
        self.is_complete = true;
        let Some(listed) = self.listed.take() else { return Vec::new() };
        let known = self.items.iter().flat_map(|(target, checks)| {
            checks.keys().map(move |check| (Arc::clone(check), target.clone()))
        });
        let gone: Vec<_> = known
            .filter(|identity| !listed.contains(identity) && !self.in_flight.contains(identity))
            .collect();
        gone.iter().for_each(|identity| self.drop_item(identity));
        gone
    }

    /// An object stands on the name of an item and is not it.
    pub fn found_in_the_way(&mut self, identity: &Identity, object: &ActionItem) -> InTheWay {
        if object.metadata.deletion_timestamp.is_some() {
            return InTheWay::Ending;
        }
        let name = object.metadata.name.as_deref().unwrap_or_default();
        if belongs(name, &object.spec.check, &Target::from(&object.spec.target)) {
            *self.collisions.entry(identity.clone()).or_default() += 1;
            return InTheWay::Collision;
        }
        let version = object.metadata.resource_version.clone().unwrap_or_default();
        self.foreign.insert(identity.clone(), (name.into(), version));
        InTheWay::Foreign
    }

    /// The item about a check and a target.
    #[must_use]
    pub fn item(&self, (check, target): &Identity) -> Option<&Item> {
        self.items.get(target)?.get(check).map(|item| &**item)
    }

    /// The checks that there are items of, about a target.
    pub fn checks_of(&self, target: &Target) -> impl Iterator<Item = &Arc<str>> {
        self.items.get(target).into_iter().flat_map(BTreeMap::keys)
    }

    /// All targets that there are items of.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.items.keys()
    }

    /// All items.
    pub fn items(&self) -> impl Iterator<Item = (&Target, &Arc<str>, &Item)> {
        self.items.iter().flat_map(|(target, checks)| {
            checks.iter().map(move |(check, item)| (target, check, &**item))
        })
    }

    /// Plans one item. `None` when it says already what is true, or is being written.
    #[must_use]
    pub fn plan(
        &self,
        identity: &Identity,
        fate: &Fate,
        owner: Option<&str>,
        now: Timestamp,
    ) -> Option<Action> {
        if self.in_flight.contains(identity) {
            return None;
        }
        let Some(item) = self.item(identity) else {
            let status = Box::new(self.gaps.left_out_of(next_status(None, fate, owner, now)?));
            if let Some((name, version)) = self.foreign.get(identity) {
                let (name, resource_version) = (Arc::clone(name), version.clone());
                return Some(Action::Delete { name, resource_version });
            }
            let attempt = self.collisions.get(identity).copied().unwrap_or_default();
            return Some(Action::Open { attempt, status });
        };
        let next = next_status(Some(&item.status), fate, owner, now);
        let next = next.map(|next| self.gaps.left_out_of(next));
        let status = match next {
            Some(next) if next != item.status || item.tampered => next,
            None if item.tampered && is_judged(&item.status) => {
                self.gaps.left_out_of(item.status.clone())
            }
            _ => return None,
        };
        Some(Action::Update {
            name: Arc::clone(&item.name),
            resource_version: item.resource_version.clone(),
            add_labels: !item.is_labelled,
            status: Box::new(status),
        })
    }

    /// From now on items are written without these fields.
    pub fn leave_out(&mut self, gaps: Gaps) {
        self.gaps = gaps;
    }

    /// Deletes an item that is no longer kept, unless it is being written.
    #[must_use]
    pub fn delete(&self, identity: &Identity) -> Option<Action> {
        let item = self.item(identity).filter(|_| !self.in_flight.contains(identity))?;
        let (name, resource_version) = (Arc::clone(&item.name), item.resource_version.clone());
        Some(Action::Delete { name, resource_version })
    }

    /// Whether a write of an item has been handed over and has not ended.
    #[must_use]
    pub fn is_being_written(&self, identity: &Identity) -> bool {
        self.in_flight.contains(identity)
    }

    /// A write has been handed over.
    pub fn started(&mut self, identity: Identity) {
        self.in_flight.insert(identity);
    }

    /// A write has ended. What the server answered is what we hold true now.
    pub fn ended(&mut self, identity: &Identity, answer: Option<&ActionItem>) {
        self.in_flight.remove(identity);
        self.foreign.remove(identity);
        let Some(answer) = answer else { return };
        self.observe(answer);
        let (check, target) = identity;
        let item = self.items.get_mut(target).and_then(|checks| checks.get_mut(check));
        if let Some(item) = item {
            item.status = answer.status.clone().unwrap_or_default();
            item.tampered = is_older(
                answer.metadata.resource_version.as_deref().unwrap_or_default(),
                &item.resource_version,
            ) && item.tampered;
        }
    }

    /// The policies that some item names.
    #[must_use]
    pub fn named_policies(&self) -> BTreeSet<&str> {
        let items = self.items();
        items.flat_map(|(_, _, item)| item.status.policies.iter().map(String::as_str)).collect()
    }
}

/// Whether the controller has said anything about the item yet.
fn is_judged(status: &ActionItemStatus) -> bool {
    status.state.is_some_and(|state| state != State::Pending)
}

/// Resource versions are numbers since Kubernetes 1.35, and were before; what is no number is
/// taken as newer.
fn is_older(version: &str, than: &str) -> bool {
    match (version.parse::<u64>(), than.parse::<u64>()) {
        (Ok(version), Ok(than)) => version < than,
        _ => false,
    }
}

/// Whether somebody else says which check the item is about, and so has created or applied it.
fn is_committed(item: &ActionItem) -> bool {
    let entries = item.metadata.managed_fields.iter().flatten();
    let others = entries.filter(|entry| entry.manager.as_deref() != Some(FIELD_MANAGER));
    let mut fields = others.filter_map(|entry| entry.fields_v1.as_ref());
    fields.any(|fields| fields.0.pointer("/f:spec/f:check").is_some())
}
