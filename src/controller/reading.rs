//! How well each source is read: complete since when, or why not.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use jiff::Timestamp;

use crate::{
    engine::Findings,
    inventory::Problem,
    model::{Kind, KindSet},
};

/// How one kind is read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// When the last complete list ended.
    pub(super) completed: Option<Timestamp>,
    /// Why the kind cannot be read now.
    pub(super) problem: Option<String>,
    /// Whether that is only a right that is not given by default.
    pub(super) is_not_granted: bool,
    /// Objects that do not have the shape of the kind.
    undecodable: BTreeMap<String, String>,
    /// Of these, the ones that the running list has shown.
    listed: Option<BTreeSet<String>>,
}

impl Reading {
    pub(super) fn list_started(&mut self) {
        self.listed = Some(BTreeSet::new());
    }

    pub(super) fn list_done(&mut self, now: Timestamp) {
        self.completed = Some(now);
        self.problem = None;
        if let Some(listed) = self.listed.take() {
            self.undecodable.retain(|name, _| listed.contains(name));
        }
    }

    pub(super) fn failed(&mut self, kind: Kind, problem: &Problem) {
        self.problem = Some(problem.to_string());
        self.is_not_granted = is_not_granted(kind, problem);
    }

    pub(super) fn undecodable(&mut self, name: String, problem: String) {
        if let Some(listed) = &mut self.listed {
            listed.insert(name.clone());
        }
        self.undecodable.insert(name, problem);
    }

    pub(super) fn decodable(&mut self, name: &str) {
        self.undecodable.remove(name);
    }

    /// What a policy's coverage says: why the kind cannot be read, else which objects could not.
    pub(super) fn report(&self) -> Option<String> {
        if self.problem.is_some() {
            return self.problem.clone();
        }
        let (name, problem) = self.undecodable.first_key_value()?;
        let others = match self.undecodable.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        Some(format!("{name}: {problem}{others}"))
    }
}

/// Whether all that is missing is a right that is not given by default.
pub(super) fn is_not_granted(kind: Kind, problem: &Problem) -> bool {
    kind.needs_grant() && matches!(problem, Problem::Forbidden(_))
}

/// Whether these kinds and Namespaces are known, but for what cannot be read.
pub(super) fn are_known(
    kinds: KindSet,
    findings: &Findings,
    readings: &BTreeMap<Kind, Reading>,
) -> bool {
    let is_unreadable =
        |kind: Kind| readings.get(&kind).is_some_and(|reading| reading.problem.is_some());
    let mut needed = kinds.iter().chain([Kind::Namespace]);
    needed.all(|kind| findings.is_current(kind) || is_unreadable(kind))
}

/// A full audit that is running.
#[derive(Debug)]
pub(super) struct Audit {
    /// What started it: `policy`, `schedule` or `request`.
    pub(super) trigger: &'static str,
    /// The request that it answers.
    pub(super) request: Option<String>,
    pub(super) started_at: Timestamp,
    pub(super) started: Instant,
    /// The kinds whose list it waits for.
    pub(super) waiting: KindSet,
    /// Of these, the ones whose list has to begin after the audit; of others any list will do.
    pub(super) must_be_new: KindSet,
}

impl Audit {
    /// A kind was listed, or could not be; the list began at this moment.
    pub(super) fn heard_of(&mut self, kind: Kind, list_began: Instant) {
        if list_began >= self.started || !self.must_be_new.contains(kind) {
            self.waiting = self.waiting.iter().filter(|other| *other != kind).collect();
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.waiting.iter().next().is_none()
    }
}
