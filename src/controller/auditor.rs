//! The loop of the leader: take in what was seen, decide, write. It owns all state; nothing is
//! shared.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use kube::Client;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{self, timeout},
};

use crate::{
    api::AuditPolicy,
    cluster_io::{Clients, Mandate, Writer},
    engine::{Findings, OwnerKeys},
    inventory::{Form, Inventory, Mode, Observation, Pace, Source},
    items::{Book, Limits},
    metrics::{Metrics, NamespaceSeries},
    model::Kind,
    server::Readiness,
};

use super::{
    confirm::Confirming,
    definitions::Definitions,
    events::Events,
    moments::Moments,
    observe::label,
    owners::Owners,
    per_minute::PerMinute,
    policies::Policies,
    reading::{Audit, Reading},
    sharing::Sharing,
    sources::Sources,
    statuses::Counts,
    write::Writes,
};

/// Observations taken in at once, before anything is planned; and how many may wait meanwhile.
const BATCH: usize = 512;
/// The statuses of policies are worked out no more often than this.
pub(super) const STATUS_INTERVAL: Duration = Duration::from_secs(1);
/// How often the state is looked at when nothing happens.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);

/// What the loop needs to know.
pub(super) struct Setting {
    pub(super) namespace: Arc<str>,
    pub(super) mandate: Mandate,
    pub(super) kubernetes_minor: u16,
    pub(super) pace: Pace,
    pub(super) write_concurrency: usize,
    pub(super) policy_loss_confirmation: Duration,
    pub(super) deletions_per_minute: usize,
    pub(super) items: Limits,
    pub(super) whole_objects: usize,
    pub(super) events_per_minute: usize,
    pub(super) owner_keys: OwnerKeys,
    pub(super) identity: String,
    pub(super) metrics_namespaces: NamespaceSeries,
}

/// All state of the leader.
pub(super) struct Auditor {
    pub(super) setting: Setting,
    pub(super) metrics: Arc<Metrics>,
    pub(super) readiness: Arc<Readiness>,
    pub(super) client: Client,
    pub(super) inventory: Inventory,
    pub(super) observations: mpsc::Receiver<Observation>,
    pub(super) findings: Findings,
    pub(super) book: Book,
    pub(super) policies: Policies,
    pub(super) owners: Owners,
    pub(super) sources: Sources,
    pub(super) moments: Moments,
    pub(super) deletions: PerMinute,
    pub(super) events: Events,
    pub(super) sharing: Sharing,
    pub(super) readings: BTreeMap<Kind, Reading>,
    pub(super) audits: BTreeMap<String, Audit>,
    pub(super) writes: Writes,
    pub(super) writer: Writer,
    pub(super) status_writes: JoinSet<(String, Result<AuditPolicy, kube::Error>)>,
    /// Policies whose status is being written.
    pub(super) status_in_flight: BTreeSet<String>,
    /// When the statuses may be looked at again; and whether there is reason to.
    pub(super) status_next: Instant,
    pub(super) status_is_stale: bool,
    pub(super) counts: Counts,
    pub(super) confirming: Confirming,
    /// When the definition of policies was created; unknown until it was read.
    pub(super) defined_at: Option<Timestamp>,
    pub(super) definitions: Definitions,
    /// When each complaint was logged last.
    pub(super) complaints: BTreeMap<Source, Instant>,
    /// Why items cannot be read.
    pub(super) items_problem: Option<String>,
}

impl Auditor {
    pub(super) fn new(
        setting: Setting,
        clients: &Clients,
        metrics: Arc<Metrics>,
        readiness: Arc<Readiness>,
    ) -> Self {
        let (sender, observations) = mpsc::channel(BATCH);
        let writer = Writer::new(clients.call.clone(), setting.mandate.clone());
        Self {
            findings: Findings::with_room(setting.whole_objects),
            inventory: Inventory::new(clients.watch.clone(), setting.pace, sender),
            book: Book::new(Arc::clone(&setting.namespace)),
            writes: Writes::new(writer.clone(), setting.write_concurrency, Arc::clone(&metrics)),
            client: clients.call.clone(),
            deletions: PerMinute::new(setting.deletions_per_minute),
            events: Events::new(&setting, writer.clone(), Arc::clone(&metrics)),
            sharing: Sharing::new(setting.items, Arc::clone(&setting.namespace)),
            setting,
            metrics,
            readiness,
            observations,
            policies: Policies::default(),
            owners: Owners::new(clients.call.clone()),
            sources: Sources::new(clients.call.clone()),
            moments: Moments::default(),
            readings: BTreeMap::new(),
            audits: BTreeMap::new(),
            writer,
            status_writes: JoinSet::new(),
            status_in_flight: BTreeSet::new(),
            status_next: Instant::now() + STATUS_INTERVAL,
            status_is_stale: false,
            counts: Counts { is_stale: false, next: Instant::now() },
            confirming: Confirming::new(),
            defined_at: None,
            definitions: Definitions::new(clients.call.clone()),
            complaints: BTreeMap::new(),
            items_problem: None,
        }
    }

    /// Runs until `stop` resolves, then lets running writes end.
    pub(super) async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        for source in [Source::Policies, Source::Items] {
            self.inventory.read(source, Mode::Watch, Form::Read);
            self.metrics.reading.is_watched(&label(source), true);
        }
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let wake = self.wake_in();
            tokio::select! {
                () = &mut stop => break,
                ended = self.writes.next() => self.write_ended(ended),
                Some(done) = self.status_writes.join_next() => self.status_written(done),
                (owner, objects) = self.owners.next() => self.owner_found(owner, objects),
                targets = self.sources.next() => {
                    targets.into_iter().for_each(|target| self.findings.touch(target));
                }
                Some(done) = self.confirming.running.join_next() => self.confirmed(done),
                () = self.events.next() => {}
                seen = self.definitions.next() => self.definitions_seen(seen),
                _ = self.observations.recv_many(&mut batch, BATCH) => {
                    for observation in batch.drain(..) {
                        if self.inventory.is_current(&observation) {
                            self.take_in(observation);
                        }
                    }
                }
                () = time::sleep(wake) => {}
            }
            self.advance();
        }
        self.writes.drain(Duration::from_secs(5)).await;
        let statuses = async { while self.status_writes.join_next().await.is_some() {} };
        timeout(Duration::from_secs(2), statuses).await.ok();
    }

    fn wake_in(&self) -> Duration {
        let now = Instant::now();
        let at = |time: Timestamp| {
            let wait = time.duration_since(Timestamp::now());
            now + Duration::try_from(wait).unwrap_or_default()
        };
        let due =
            self.policies.followed.iter().filter(|(name, followed)| {
                followed.is_active() && !self.audits.contains_key(*name)
            });
        let due = due.filter_map(|(_, followed)| followed.next_audit).min().map(at);
        let moment = self.moments.next().map(at);
        let confirm = self.policies.confirm_at(self.setting.policy_loss_confirmation);
        let confirm = confirm.filter(|_| self.confirming.running.is_empty());
        let confirm = confirm.map(|at| at.max(self.confirming.not_before));
        let can_tell =
            self.policies.is_complete && (self.book.is_complete() || self.items_problem.is_some());
        let status = (self.status_is_stale && can_tell).then_some(self.status_next);
        let is_known = self.policies.is_complete && self.book.is_complete();
        let counts = (self.counts.is_stale && is_known).then_some(self.counts.next);
        let others = [self.writes.wake_at(), self.sharing.wake_at()];
        let next = [due, moment, confirm, status, counts].into_iter().chain(others).flatten().min();
        next.map_or(HEARTBEAT, |at| at.saturating_duration_since(now)).min(HEARTBEAT)
    }

    fn plan_dirty(&mut self, now: Timestamp) {
        for target in self.findings.take_dirty() {
            let started = Instant::now();
            let is_changed = self.plan(&target, now);
            self.metrics.audits.decided("target", is_changed, started.elapsed());
            self.status_is_stale = true;
        }
    }

    /// Decides and writes, after anything was taken in or a moment has come.
    fn advance(&mut self) {
        let now = Timestamp::now();
        if self.writes.take_refused() {
            self.definitions.doubt();
        }
        self.definitions.look();
        if !self.policies.is_complete || !self.definitions.are_told() {
            return;
        }
        if !self.book.is_complete() {
            if self.items_problem.is_some() {
                self.refresh_statuses(now);
            }
            return;
        }
        self.start_due_audits(now);
        self.confirm_losses();
        self.findings.settle(Timestamp::now());
        let later = self.writes.take_later();
        for target in later.into_iter().chain(self.moments.take_due(now)) {
            self.findings.touch(target);
        }
        self.plan_dirty(now);
        self.share_room();
        self.plan_dirty(now);
        self.writes.dispatch(&mut self.book);
        self.finish_audits(now);
        self.refresh_statuses(now);
        self.tell_counts(now);
    }
}
