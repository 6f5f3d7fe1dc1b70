//! The lease: one leader writes.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use kube::{
    Api, Client,
    api::{ObjectMeta, PostParams},
};
use tokio::{sync::watch, time};

use super::{LeaseTimes, Mandate, Step, next_step};

/// A place in the election.
pub struct Leader {
    leases: Api<Lease>,
    name: String,
    identity: String,
    times: LeaseTimes,
    /// The record as it was seen last, and when it was first seen so.
    seen: Option<(Lease, Instant)>,
    /// When the lease was renewed last, counted from the request.
    renewed: watch::Sender<Option<Instant>>,
    /// Why the last attempt failed, and when that was told last.
    problem: Option<String>,
    complained: Option<Instant>,
}

/// Leadership is lost.
#[derive(Debug, thiserror::Error)]
#[error(
    "leadership lost: the lease `{0}` could not be renewed in time; another replica takes over"
)]
pub struct LeaderError(String);

impl Leader {
    /// A candidate of this identity for the lease `name`.
    #[must_use]
    pub fn new(
        client: Client,
        namespace: &str,
        name: &str,
        identity: String,
        times: LeaseTimes,
    ) -> Self {
        let leases = Api::namespaced(client, namespace);
        Self {
            leases,
            name: name.to_owned(),
            identity,
            times,
            seen: None,
            renewed: watch::Sender::new(None),
            problem: None,
            complained: None,
        }
    }

    /// What entitles to write while this candidate leads.
    #[must_use]
    pub fn mandate(&self) -> Mandate {
        Mandate::Lease { renewed: self.renewed.subscribe(), times: self.times }
    }

    /// Waits until this candidate leads.
    pub async fn acquire(&mut self) {
        loop {
            // Counted from the request: the record is older than its answer.
            let sent = Instant::now();
            if self.attempt().await {
                self.renewed.send_replace(Some(sent));
                return;
            }
            self.complain();
            time::sleep(self.times.retry).await;
        }
    }

    /// Renews the lease until `stopped` resolves, and gives it back then; the error is that it is
    /// lost.
    pub async fn hold(mut self, stopped: impl Future) -> Result<(), LeaderError> {
        tokio::select! {
            lost = self.renew() => lost,
            _ = stopped => {
                self.release().await;
                Ok(())
            }
        }
    }

    async fn renew(&mut self) -> Result<(), LeaderError> {
        let mut pause = self.times.renewal();
        loop {
            time::sleep(pause).await;
            let sent = Instant::now();
            if self.step() == Step::GiveUp {
                return Err(LeaderError(self.name.clone()));
            }
            pause = self.times.retry;
            if self.attempt().await {
                self.renewed.send_replace(Some(sent));
                pause = self.times.renewal();
            }
        }
    }

    /// Gives the lease back, so that another replica need not wait. It is read again: a renewal
    /// may just have been cut short.
    async fn release(&mut self) {
        let read = time::timeout(self.times.retry, self.leases.get_opt(&self.name)).await;
        let Ok(Ok(Some(mut lease))) = read else { return };
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() != Some(&self.identity) {
            return;
        }
        spec.holder_identity = None;
        let parameters = PostParams::default();
        let replaced = self.leases.replace(&self.name, &parameters, &lease);
        if let Ok(Err(error)) = time::timeout(self.times.retry, replaced).await {
            tracing::info!(%error, "the lease could not be given back");
        }
    }

    /// Says once a minute why the lease cannot be had, unless somebody else has it.
    fn complain(&mut self) {
        let is_due = self.complained.is_none_or(|at| at.elapsed() >= Duration::from_mins(1));
        if let Some(problem) = self.problem.take().filter(|_| is_due) {
            self.complained = Some(Instant::now());
            tracing::warn!(lease = self.name, problem, "the lease cannot be had; trying again");
        }
    }

    fn step(&self) -> Step {
        let now = Instant::now();
        let (holder, changed) = match &self.seen {
            Some((lease, changed)) => (holder(lease), *changed),
            None => ("", now),
        };
        let renewed = *self.renewed.borrow();
        next_step(holder, &self.identity, changed, renewed, now, self.times)
    }

    /// Reads the record and writes it if it is ours to write. The answer is whether we hold it now.
    async fn attempt(&mut self) -> bool {
        let attempt = time::timeout(self.times.deadline / 2, self.read_and_write());
        match attempt.await {
            Ok(Ok(held)) => held,
            Ok(Err(error)) => {
                tracing::debug!(%error, "the lease could not be read or written");
                self.problem = Some(error.to_string());
                false
            }
            Err(_) => false,
        }
    }

    async fn read_and_write(&mut self) -> Result<bool, kube::Error> {
        if self.step() == Step::Renew && self.renew_as_seen().await? {
            return Ok(true);
        }
        let Some(lease) = self.leases.get_opt(&self.name).await? else {
            let created = self.leases.create(&PostParams::default(), &self.record(None)).await?;
            self.note(created);
            return Ok(true);
        };
        self.note(lease);
        if !matches!(self.step(), Step::Acquire | Step::Renew) {
            return Ok(false);
        }
        let record = self.record(self.seen.as_ref().map(|(lease, _)| lease));
        let replaced = self.leases.replace(&self.name, &PostParams::default(), &record).await?;
        self.note(replaced);
        Ok(true)
    }

    /// One request while nobody else touches the lease; else it has to be read.
    async fn renew_as_seen(&mut self) -> Result<bool, kube::Error> {
        let record = self.record(self.seen.as_ref().map(|(lease, _)| lease));
        match self.leases.replace(&self.name, &PostParams::default(), &record).await {
            Ok(replaced) => {
                self.note(replaced);
                Ok(true)
            }
            Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn note(&mut self, lease: Lease) {
        let version = |lease: &Lease| lease.metadata.resource_version.clone();
        let is_new = self.seen.as_ref().is_none_or(|(seen, _)| version(seen) != version(&lease));
        if is_new {
            self.seen = Some((lease, Instant::now()));
        }
    }

    /// Our record, based on the one that was seen: the server refuses it if it has changed since.
    fn record(&self, seen: Option<&Lease>) -> Lease {
        let now = MicroTime(Timestamp::now());
        let old = seen.and_then(|lease| lease.spec.clone()).unwrap_or_default();
        let was_ours = old.holder_identity.as_deref() == Some(&self.identity);
        let transitions = old.lease_transitions.unwrap_or_default() + i32::from(!was_ours);
        Lease {
            metadata: seen.map_or_else(
                || ObjectMeta { name: Some(self.name.clone()), ..ObjectMeta::default() },
                |lease| lease.metadata.clone(),
            ),
            spec: Some(LeaseSpec {
                holder_identity: Some(self.identity.clone()),
                lease_duration_seconds: i32::try_from(self.times.duration.as_secs()).ok(),
                acquire_time: if was_ours { old.acquire_time } else { Some(now.clone()) },
                renew_time: Some(now),
                lease_transitions: Some(transitions),
                ..LeaseSpec::default()
            }),
        }
    }
}

fn holder(lease: &Lease) -> &str {
    let spec = lease.spec.as_ref();
    spec.and_then(|spec| spec.holder_identity.as_deref()).unwrap_or_default()
}
