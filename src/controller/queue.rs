//! Writes that wait: most severe first, and only the latest for each item.

use std::{
    collections::{BTreeMap, HashMap},
    time::Instant,
};

use crate::items::{Action, Identity};

/// Urgency first, then first come.
type Place = (u32, u64);

/// The queue. Putting in what is there already replaces it.
#[derive(Debug, Default)]
pub(super) struct Queue {
    order: BTreeMap<Place, Identity>,
    waiting: HashMap<Identity, Waiting>,
    next: u64,
}

/// What is to be written about an item.
#[derive(Debug)]
struct Waiting {
    place: Place,
    since: Instant,
    action: Action,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is something to write about an item.
    pub(super) fn holds(&self, identity: &Identity) -> bool {
        self.waiting.contains_key(identity)
    }

    /// Since when the oldest has waited.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.since).min()
    }

    /// Puts in the latest action for an item; `None` takes a waiting one out.
    pub(super) fn put(&mut self, identity: &Identity, action: Option<Action>) {
        let known = self.waiting.remove(identity);
        if let Some(known) = &known {
            self.order.remove(&known.place);
        }
        let Some(action) = action else { return };
        let (sequence, since) = known.map_or_else(
            || {
                self.next += 1;
                (self.next, Instant::now())
            },
            |known| (known.place.1, known.since),
        );
        let place = (action.urgency(), sequence);
        self.order.insert(place, identity.clone());
        self.waiting.insert(identity.clone(), Waiting { place, since, action });
    }

    /// Takes out what is most urgent.
    pub(super) fn take(&mut self) -> Option<(Identity, Action)> {
        let (_, identity) = self.order.pop_first()?;
        let waiting = self.waiting.remove(&identity)?;
        Some((identity, waiting.action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::ActionItemStatus, engine::Target};

    fn identity(name: &str) -> Identity {
        let target = Target {
            group: "apps".into(),
            kind: "Deployment".into(),
            namespace: "shop".into(),
            name: name.into(),
        };
        ("check".into(), target)
    }

    fn action(rank: u32) -> Action {
        let status = ActionItemStatus { severity_rank: Some(rank), ..Default::default() };
        Action::Open { attempt: 0, status: Box::new(status) }
    }

    #[test]
    fn the_most_severe_goes_first_and_the_latest_counts() {
        let mut queue = Queue::default();
        queue.put(&identity("low"), Some(action(4)));
        queue.put(&identity("high"), Some(action(2)));
        queue.put(&identity("later"), Some(action(2)));
        queue.put(&identity("low"), Some(action(1)));
        queue.put(&identity("later"), None);
        assert!(queue.holds(&identity("low")) && !queue.holds(&identity("later")));
        let order: Vec<_> =
            std::iter::from_fn(|| queue.take()).map(|((_, target), _)| target.name).collect();
        assert_eq!(order, ["low".into(), "high".into()]);
        assert_eq!((queue.len(), queue.waiting_since()), (0, None));
    }
}
