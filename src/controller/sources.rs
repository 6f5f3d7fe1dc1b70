//! What deploys the targets of new items: looked up once for all that it deploys.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use kube::Client;
use tokio::{sync::Semaphore, task::JoinSet, time};

use crate::{
    api::Source,
    engine::Target,
    inventory::follow,
    items::{Fate, Identity, Trail, is_failing, refined},
};

use super::auditor::Auditor;

/// What was found is looked up again after this, when it is asked for.
const STALE: Duration = Duration::from_mins(15);
/// So is what was not.
const FRESH: Duration = Duration::from_mins(1);
/// An item waits no longer than this, whatever other looks are before its own.
const PATIENCE: Duration = Duration::from_secs(5);
/// Looks at once: each is a few requests.
const CONCURRENCY: usize = 4;
/// What is remembered at most.
const CAPACITY: usize = 2048;

/// What is known of Kustomizations, Applications and the like.
pub(super) struct Sources {
    client: Client,
    /// By the object that a trail begins with; until when it counts.
    known: HashMap<Target, (Source, Instant)>,
    /// Targets by what they wait for.
    waiting: HashMap<Target, HashSet<Target>>,
    running: JoinSet<(Target, Source, bool)>,
    permits: Arc<Semaphore>,
}

impl Sources {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            known: HashMap::new(),
            waiting: HashMap::new(),
            running: JoinSet::new(),
            permits: Arc::new(Semaphore::new(CONCURRENCY)),
        }
    }

    /// The source at the end of a trail; `None` while it is followed on behalf of a target.
    fn look_up(&mut self, trail: Trail, target: &Target) -> Option<Source> {
        let Some(first) = trail.next.clone() else { return Some(trail.source) };
        match self.known.get(&first) {
            Some((source, until)) if *until > Instant::now() => return Some(source.clone()),
            _ => {}
        }
        let is_asked = self.waiting.contains_key(&first);
        self.waiting.entry(first.clone()).or_default().insert(target.clone());
        if !is_asked {
            let (client, permits) = (self.client.clone(), Arc::clone(&self.permits));
            self.running.spawn(async move {
                let labels_tell = trail.source.clone();
                let search = async {
                    let _permit = permits.acquire_owned().await;
                    follow(&client, trail).await
                };
                let found = time::timeout(PATIENCE, search).await;
                let (source, is_whole) = found.unwrap_or((labels_tell, false));
                (first, source, is_whole)
            });
        }
        None
    }

    /// Whether nothing waits.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Waits for a search to end; for ever when none runs. Answers who waited for it.
    pub(super) async fn next(&mut self) -> HashSet<Target> {
        match self.running.join_next().await {
            Some(Ok((first, source, is_whole))) => {
                let now = Instant::now();
                if self.known.len() >= CAPACITY {
                    self.known.retain(|_, (_, until)| *until > now);
                }
                if self.known.len() >= CAPACITY {
                    self.known.clear();
                }
                let until = now + if is_whole { STALE } else { FRESH };
                let waiting = self.waiting.remove(&first).unwrap_or_default();
                self.known.insert(first, (source, until));
                waiting
            }
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => std::future::pending().await,
        }
    }
}

impl Auditor {
    /// Adds to a finding that begins what deploys its target. While that is looked up, which is a
    /// matter of moments, nothing is done.
    pub(super) fn with_source(&mut self, identity: &Identity, fate: Fate) -> Fate {
        let Fate::Fail(mut failing) = fate else { return fate };
        let known = self.book.item(identity);
        if !known.is_some_and(|item| is_failing(&item.status)) {
            let Some(source) = self.source_of(&identity.1) else { return Fate::Leave };
            failing.source = Some(source).filter(|source| *source != Source::default());
        }
        Fate::Fail(failing)
    }

    fn source_of(&mut self, target: &Target) -> Option<Source> {
        if !self.findings.is_judged_itself(target) {
            return self.sources.look_up(Trail::about(target.clone()), target);
        }
        let Some(deployed) = self.findings.deployed(target) else {
            return Some(Source::default());
        };
        let (trail, built_from) = (Trail::of(deployed), deployed.built_from.clone());
        let source = self.sources.look_up(trail, target)?;
        Some(refined(source, built_from.as_ref()))
    }
}
