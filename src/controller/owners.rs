//! Objects that wait until it is known on whom they are reported.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use kube::Client;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    engine::Target,
    inventory::{Owner, find_owner},
    model::{Object, ObjectKey},
};

/// What is not known for sure is looked for again after this, when it is asked for.
const FRESH: Duration = Duration::from_secs(5);
/// What is known for sure, after this.
const STALE: Duration = Duration::from_mins(15);
/// Looks at once: each is a few requests.
const CONCURRENCY: usize = 4;

/// Owners of kinds that checks do not know.
pub(super) struct Owners {
    client: Client,
    known: HashMap<Target, (Owner, Instant)>,
    /// Objects by their owner, until that was looked for.
    waiting: HashMap<Target, HashMap<ObjectKey, Object>>,
    /// The owner that an object waits for.
    waits_for: HashMap<ObjectKey, Target>,
    asked: HashSet<Target>,
    running: JoinSet<(Target, Owner)>,
    permits: Arc<Semaphore>,
}

impl Owners {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            known: HashMap::new(),
            waiting: HashMap::new(),
            waits_for: HashMap::new(),
            asked: HashSet::new(),
            running: JoinSet::new(),
            permits: Arc::new(Semaphore::new(CONCURRENCY)),
        }
    }

    /// What is known of an owner; asks when nothing is.
    pub(super) fn look_up(&mut self, owner: &Target) -> Option<&Owner> {
        let is_old = |(known, since): &(Owner, Instant)| {
            let age = if matches!(known, Owner::Top(_)) { STALE } else { FRESH };
            since.elapsed() > age
        };
        if self.known.get(owner).is_some_and(is_old) {
            self.known.remove(owner);
        }
        if !self.known.contains_key(owner) && self.asked.insert(owner.clone()) {
            let (client, owner) = (self.client.clone(), owner.clone());
            let permits = Arc::clone(&self.permits);
            self.running.spawn(async move {
                let permit = permits.acquire_owned().await;
                let found = find_owner(client, owner.clone()).await;
                drop(permit);
                (owner, found)
            });
        }
        self.known.get(owner).map(|(owner, _)| owner)
    }

    /// Whether an owner that nothing is judged for any more is gone; asks again now and then.
    pub(super) fn is_missing(&mut self, owner: &Target) -> bool {
        if self.known.get(owner).is_some_and(|(_, since)| since.elapsed() > FRESH) {
            self.known.remove(owner);
        }
        matches!(self.look_up(owner), Some(Owner::Missing | Owner::Unserved))
    }

    /// Whether findings of an owner are reported on another one, further up.
    pub(super) fn is_below_another(&self, owner: &Target) -> bool {
        matches!(self.known.get(owner), Some((Owner::Top(top), _)) if top != owner)
    }

    /// Keeps an object until its owner was looked for.
    pub(super) fn wait_for(&mut self, owner: &Target, object: Object) {
        let key = object.key();
        self.waits_for.insert(key.clone(), owner.clone());
        self.waiting.entry(owner.clone()).or_default().insert(key, object);
    }

    /// A newer state of an object is known, or it is gone: an older one must not come after it.
    pub(super) fn cancel(&mut self, key: &ObjectKey) {
        let Some(owner) = self.waits_for.remove(key) else { return };
        if let Some(objects) = self.waiting.get_mut(&owner) {
            objects.remove(key);
        }
    }

    /// Waits for a look to end; for ever when none runs. Answers the owner and what waited for it.
    pub(super) async fn next(&mut self) -> (Target, Vec<Object>) {
        match self.running.join_next().await {
            Some(Ok((owner, found))) => {
                self.asked.remove(&owner);
                self.known.insert(owner.clone(), (found, Instant::now()));
                let objects = self.waiting.remove(&owner).unwrap_or_default();
                objects.keys().for_each(|key| {
                    self.waits_for.remove(key);
                });
                (owner, objects.into_values().collect())
            }
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => std::future::pending().await,
        }
    }
}
