//! The items about one object, followed through a watch.

use std::{
    collections::BTreeMap,
    pin::Pin,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use futures::{Stream, StreamExt};
use holystone::api::{ActionItem, State};
use kube::{
    Api, Client, ResourceExt,
    runtime::watcher::{self, Event, watcher},
};

use super::stage::within;

type Events = Pin<Box<dyn Stream<Item = watcher::Result<Event<ActionItem>>> + Send>>;

/// The items about one object, as the watch has shown them last.
pub(crate) struct Lives {
    events: Events,
    items: BTreeMap<String, ActionItem>,
}

impl Lives {
    /// Begins to watch.
    pub(crate) async fn of(
        client: Client,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> anyhow::Result<Self> {
        let items = Api::namespaced(client, namespace);
        let about = format!("spec.target.kind={kind},spec.target.name={name}");
        let events = watcher(items, watcher::Config::default().fields(&about));
        let mut lives = Self { events: Box::pin(events), items: BTreeMap::new() };
        within("the first list of items", async {
            while !matches!(lives.next().await?, Event::InitDone) {}
            Ok(())
        })
        .await?;
        Ok(lives)
    }

    async fn next(&mut self) -> anyhow::Result<Event<ActionItem>> {
        let event = self.events.next().await.context("the watch of the items has ended")?;
        let event = event.context("cannot watch the items")?;
        if let Event::InitApply(item) | Event::Apply(item) = &event {
            self.items.insert(item.spec.check.clone(), item.clone());
        }
        Ok(event)
    }

    /// Waits until all items are in a state, and tells of each when it gets there.
    pub(crate) async fn all_become(
        &mut self,
        state: State,
        since: Instant,
        tell: impl Fn(Duration, &ActionItem),
    ) -> anyhow::Result<()> {
        self.become_where(|_| true, state, since, tell).await
    }

    /// The same for the item of a check.
    pub(crate) async fn becomes(
        &mut self,
        check: &str,
        state: State,
        since: Instant,
        tell: impl Fn(Duration, &ActionItem),
    ) -> anyhow::Result<()> {
        self.become_where(|item| item.spec.check == check, state, since, tell).await
    }

    async fn become_where(
        &mut self,
        wanted: impl Fn(&ActionItem) -> bool,
        state: State,
        since: Instant,
        tell: impl Fn(Duration, &ActionItem),
    ) -> anyhow::Result<()> {
        within(&format!("the items to become {}", state.as_str()), async {
            while !self.items.values().filter(|item| wanted(item)).all(|item| is(item, state)) {
                if let Event::Apply(item) = self.next().await?
                    && is(&item, state)
                {
                    tell(since.elapsed(), &item);
                }
            }
            Ok(())
        })
        .await
    }

    /// The item of a check.
    pub(crate) fn item(&self, check: &str) -> anyhow::Result<&ActionItem> {
        match self.items.get(check) {
            Some(item) => Ok(item),
            None => bail!("there is no item of {check}, but of {:?}", self.items.keys()),
        }
    }
}

fn is(item: &ActionItem, state: State) -> bool {
    item.status.as_ref().and_then(|status| status.state) == Some(state)
}

/// An item in a line.
pub(crate) fn line(item: &ActionItem) -> String {
    let status = item.status.clone().unwrap_or_default();
    let state = status.state.map(State::as_str).unwrap_or_default();
    let reason = status.reason.unwrap_or_default();
    format!("{state:<8}  {reason:<9}  {}", item.name_any())
}
