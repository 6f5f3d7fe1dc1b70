//! Hands planned writes over, a few at a time, and takes in how they ended.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    api::limits,
    cluster_io::{Outcome, Writer},
    engine::Target,
    items::{Action, Book, Identity, InTheWay, Stage, clean},
    metrics::Metrics,
};

use super::queue::Queue;

/// Pauses after failures double up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// So do the pauses of a single item, up to this.
const LONGEST_BACKOFF: Duration = Duration::from_mins(5);
/// What is being deleted is gone after this, or takes long.
const ENDING: Duration = Duration::from_mins(1);
/// How often is told what waits.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// A write that has ended.
pub(super) struct Written {
    pub(super) identity: Identity,
    /// Where the item stood before.
    pub(super) before: Stage,
    pub(super) outcome: Outcome,
}

/// The writes that wait and those that run.
pub(super) struct Writes {
    queue: Queue,
    running: JoinSet<Written>,
    writer: Writer,
    concurrency: usize,
    metrics: Arc<Metrics>,
    pause: Duration,
    paused_until: Option<Instant>,
    /// Targets to plan again, and when.
    later: BTreeMap<Instant, Vec<Target>>,
    /// How often an item could not be written in a row, and since when.
    attempts: HashMap<Identity, (u32, Instant)>,
    /// When the metrics were told of the writes that wait.
    told_at: Instant,
    complained: Option<Instant>,
    is_refused: bool,
    /// Why items cannot be written.
    pub(super) problem: Option<String>,
}

impl Writes {
    pub(super) fn new(writer: Writer, concurrency: usize, metrics: Arc<Metrics>) -> Self {
        Self {
            queue: Queue::default(),
            running: JoinSet::new(),
            writer,
            concurrency,
            metrics,
            pause: FIRST_PAUSE,
            paused_until: None,
            later: BTreeMap::new(),
            attempts: HashMap::new(),
            told_at: Instant::now(),
            complained: None,
            is_refused: false,
            problem: None,
        }
    }

    /// Puts in the latest action for an item; `None` takes a waiting one out.
    pub(super) fn put(&mut self, identity: &Identity, action: Option<Action>) {
        self.queue.put(identity, action);
    }

    /// Whether nothing waits and nothing runs.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.len() == 0 && self.running.is_empty()
    }

    /// Starts as many writes as may run at once.
    pub(super) fn dispatch(&mut self, book: &mut Book) {
        self.tell(book);
        if self.paused_until.is_some_and(|until| until > Instant::now()) {
            return;
        }
        self.paused_until = None;
        while self.running.len() < self.concurrency {
            let Some((identity, action)) = self.queue.take() else { break };
            book.started(identity.clone());
            let namespace = Arc::clone(book.namespace_of(&identity.1));
            let item = book.item(&identity);
            let before = item.map(|item| Stage::of(&item.status)).unwrap_or_default();
            let writer = self.writer.clone();
            self.running.spawn(async move {
                let outcome = writer.carry_out(&namespace, &identity, &action).await;
                Written { identity, before, outcome }
            });
        }
    }

    /// Waits for a write to end; for ever when none runs.
    pub(super) async fn next(&mut self) -> Written {
        loop {
            match self.running.join_next().await {
                Some(Ok(ended)) => return ended,
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                None => std::future::pending().await,
            }
        }
    }

    /// Takes in how a write ended. The answer is the target to plan again now, if any.
    pub(super) fn ended(
        &mut self,
        book: &mut Book,
        identity: &Identity,
        outcome: Outcome,
    ) -> Option<Target> {
        let result = match outcome {
            Outcome::Done(item) => {
                self.succeeded(book, identity, &item);
                return Some(identity.1.clone());
            }
            Outcome::InTheWay(object) => {
                book.ended(identity, None);
                return self.in_the_way(book, identity, &object);
            }
            Outcome::Gone => {
                book.ended(identity, None);
                book.forget_identity(identity);
                "gone"
            }
            Outcome::Changed(item) => {
                book.ended(identity, None);
                book.observe(&item);
                "changed"
            }
            Outcome::Ended => {
                book.ended(identity, None);
                self.metrics.writing.ended.with_label_values(&["ended"]).inc();
                self.later.entry(Instant::now() + ENDING).or_default().push(identity.1.clone());
                return None;
            }
            other => {
                book.ended(identity, None);
                self.failed(other)
            }
        };
        self.metrics.writing.ended.with_label_values(&[result]).inc();
        self.try_again(identity);
        None
    }

    /// Has an item planned again, later each time that it could not be written.
    fn try_again(&mut self, identity: &Identity) {
        let delay = self.backoff(identity);
        let (check, target) = identity;
        tracing::debug!(%check, %target, ?delay, "an item is tried again");
        self.later.entry(Instant::now() + delay).or_default().push(target.clone());
        self.metrics.writing.retries.inc();
    }

    /// Tells how many writes wait and how long, once a second at most while any does.
    fn tell(&mut self, book: &Book) {
        let is_empty = self.queue.len() == 0 && self.attempts.is_empty();
        if !is_empty && self.told_at.elapsed() < TOLD_EVERY {
            return;
        }
        self.told_at = Instant::now();
        let again: HashSet<&Target> = self.later.values().flatten().collect();
        // What could not be written need not be any more.
        self.attempts.retain(|identity, _| {
            let waits = self.queue.holds(identity) || again.contains(&identity.1);
            waits || book.is_being_written(identity)
        });
        let failing = self.attempts.keys().filter(|identity| !self.queue.holds(identity));
        let count = self.queue.len() + failing.count();
        let since = self.attempts.values().map(|(_, since)| *since);
        let oldest = self.queue.waiting_since().into_iter().chain(since).min();
        let waited = oldest.map_or(Duration::ZERO, |oldest| oldest.elapsed());
        self.metrics.writing.queue.set(i64::try_from(count).unwrap_or(i64::MAX));
        self.metrics.writing.oldest.set(waited.as_secs_f64());
    }

    fn succeeded(&mut self, book: &mut Book, identity: &Identity, item: &crate::api::ActionItem) {
        self.pause = FIRST_PAUSE;
        self.problem = None;
        self.attempts.remove(identity);
        book.ended(identity, Some(item));
        self.metrics.writing.ended.with_label_values(&["done"]).inc();
        let (check, target) = identity;
        tracing::debug!(%check, %target, "item written");
    }

    fn in_the_way(
        &mut self,
        book: &mut Book,
        identity: &Identity,
        object: &crate::api::ActionItem,
    ) -> Option<Target> {
        let target = identity.1.clone();
        self.metrics.writing.ended.with_label_values(&["in_the_way"]).inc();
        // Ours after all: somebody committed it before the finding existed, or another replica did.
        if book.observe(object).as_ref() == Some(identity)
            && object.metadata.deletion_timestamp.is_none()
        {
            return Some(target);
        }
        match book.found_in_the_way(identity, object) {
            InTheWay::Ending => {
                self.try_again(identity);
                return None;
            }
            InTheWay::Collision => {
                self.metrics.writing.collisions.inc();
                return Some(target);
            }
            InTheWay::Foreign => {}
        }
        let name = object.metadata.name.as_deref().unwrap_or_default();
        tracing::warn!(name, target = %identity.1, "a foreign object stands on the name of an item");
        self.metrics.writing.foreign.inc();
        Some(target)
    }

    /// Notes a failure; answers its name for metrics.
    fn failed(&mut self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Forbidden(problem) => {
                self.problem = Some(clean(&problem, limits::PROBLEM));
                "forbidden"
            }
            Outcome::Refused(problem) => {
                self.is_refused = true;
                self.complain(&clean(&problem, limits::PROBLEM));
                "refused"
            }
            Outcome::Failed { problem, retry_after } => {
                self.problem = Some(clean(&problem, limits::PROBLEM));
                // Writes that ran side by side fail together: that is one failure.
                if self.paused_until.is_none_or(|until| until <= Instant::now()) {
                    let pause = retry_after.unwrap_or(self.pause).min(LONGEST_PAUSE);
                    self.paused_until = Some(Instant::now() + pause);
                    self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                }
                "failed"
            }
            _ => "done",
        }
    }

    /// How long an item waits that could not be written: longer each time, until it can.
    fn backoff(&mut self, identity: &Identity) -> Duration {
        let begin = || (0, Instant::now());
        let (attempts, _) = self.attempts.entry(identity.clone()).or_insert_with(begin);
        *attempts = attempts.saturating_add(1);
        FIRST_PAUSE.saturating_mul(1 << attempts.saturating_sub(1).min(12)).min(LONGEST_BACKOFF)
    }

    /// One line a minute, however many items are refused.
    fn complain(&mut self, problem: &str) {
        let minute = Duration::from_mins(1);
        if self.complained.is_none_or(|at| at.elapsed() >= minute) {
            self.complained = Some(Instant::now());
            tracing::warn!(problem, "an item cannot be written as it is; trying again later");
        }
    }

    /// Whether the server has refused an item since this was asked last.
    pub(super) fn take_refused(&mut self) -> bool {
        std::mem::take(&mut self.is_refused)
    }

    /// The next moment at which something can be tried again.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        let later = self.later.keys().next().copied();
        [later, self.paused_until].into_iter().flatten().min()
    }

    /// The targets whose time has come to be planned again.
    pub(super) fn take_later(&mut self) -> Vec<Target> {
        let waiting = self.later.split_off(&Instant::now());
        std::mem::replace(&mut self.later, waiting).into_values().flatten().collect()
    }

    /// Lets running writes end, for a short while.
    pub(super) async fn drain(&mut self, patience: Duration) {
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("some writes did not end in time; they are safe to repeat");
        }
    }
}
