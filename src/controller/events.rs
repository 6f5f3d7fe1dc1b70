//! Tells people what happened to items, by Events, within a budget.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    api::limits,
    cluster_io::{Told, Writer},
    items::clean,
    metrics::Metrics,
};

use super::{auditor::Setting, per_minute::PerMinute};

/// Events on their way at once: items come first.
const CONCURRENCY: usize = 2;

/// The events on their way. One that is lost is lost: what is true stands in the items.
pub(super) struct Events {
    writer: Writer,
    instance: String,
    budget: PerMinute,
    running: JoinSet<Result<bool, kube::Error>>,
    permits: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    complained: Option<Instant>,
}

impl Events {
    pub(super) fn new(setting: &Setting, writer: Writer, metrics: Arc<Metrics>) -> Self {
        Self {
            writer,
            instance: setting.identity.clone(),
            budget: PerMinute::new(setting.events_per_minute),
            running: JoinSet::new(),
            permits: Arc::new(Semaphore::new(CONCURRENCY)),
            metrics,
            complained: None,
        }
    }

    /// Tells it, as far as the budget allows.
    pub(super) fn tell(&mut self, told: &Told, now: Timestamp) {
        for event in told.events(&self.instance, now) {
            if self.budget.count(now).is_err() {
                self.metrics.writing.events.with_label_values(&["dropped"]).inc();
                continue;
            }
            let (writer, permits) = (self.writer.clone(), Arc::clone(&self.permits));
            self.running.spawn(async move {
                let permit = permits.acquire_owned().await;
                let ended = writer.tell(&event).await;
                drop(permit);
                ended
            });
        }
    }

    /// Waits for an event to end, and counts it; for ever when none is on its way.
    pub(super) async fn next(&mut self) {
        match self.running.join_next().await {
            Some(Ok(ended)) => self.ended(ended),
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => std::future::pending().await,
        }
    }

    /// One line a minute, however many are refused.
    fn ended(&mut self, ended: Result<bool, kube::Error>) {
        let result = match ended {
            Ok(true) => "done",
            Ok(false) => "dropped",
            Err(_) => "failed",
        };
        self.metrics.writing.events.with_label_values(&[result]).inc();
        let is_due = self.complained.is_none_or(|at| at.elapsed() >= Duration::from_mins(1));
        if let Some(error) = ended.err().filter(|_| is_due) {
            self.complained = Some(Instant::now());
            let problem = clean(&error.to_string(), limits::PROBLEM);
            tracing::warn!(problem, "an event cannot be told");
        }
    }
}
