//! Objects that wait until it is known on whom they are reported.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use kube::Client;
use tokio::task::JoinSet;

use crate::{
    engine::Target,
    inventory::{Owner, find_owner},
    model::Object,
};

/// An owner of which nothing is left is looked for again after this.
const FRESH: Duration = Duration::from_secs(5);

/// Owners of kinds that checks do not know.
pub(super) struct Owners {
    client: Client,
    known: HashMap<Target, (Owner, Instant)>,
    /// Objects by their owner, until that was looked for.
    waiting: HashMap<Target, Vec<Object>>,
    asked: HashSet<Target>,
    running: JoinSet<(Target, Owner)>,
}

impl Owners {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            known: HashMap::new(),
            waiting: HashMap::new(),
            asked: HashSet::new(),
            running: JoinSet::new(),
        }
    }

    /// Forgets what is known, so that it is looked up again when it is needed.
    pub(super) fn refresh(&mut self) {
        self.known.clear();
    }

    /// What is known of an owner; asks when nothing is.
    pub(super) fn look_up(&mut self, owner: &Target) -> Option<&Owner> {
        if !self.known.contains_key(owner) && self.asked.insert(owner.clone()) {
            let (client, owner) = (self.client.clone(), owner.clone());
            self.running.spawn(async move {
                let found = find_owner(client, owner.clone()).await;
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
        self.look_up(owner) == Some(&Owner::Missing)
    }

    /// Keeps an object until its owner was looked for.
    pub(super) fn wait_for(&mut self, owner: &Target, object: Object) {
        let waiting = self.waiting.entry(owner.clone()).or_default();
        waiting.retain(|other| other.key() != object.key());
        waiting.push(object);
    }

    /// Waits for a look to end; for ever when none runs. Answers the owner and what waited for it.
    pub(super) async fn next(&mut self) -> (Target, Vec<Object>) {
        loop {
            match self.running.join_next().await {
                Some(Ok((owner, found))) => {
                    self.asked.remove(&owner);
                    self.known.insert(owner.clone(), (found, Instant::now()));
                    let objects = self.waiting.remove(&owner).unwrap_or_default();
                    return (owner, objects);
                }
                Some(Err(error)) => tracing::error!(%error, "looking for an owner failed"),
                None => std::future::pending().await,
            }
        }
    }
}
