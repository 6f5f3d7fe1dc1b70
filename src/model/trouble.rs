//! Pods that are not well, or were restarted of late.

use std::sync::Arc;

use compact_str::CompactString;
use jiff::Timestamp;
use serde::Deserialize;

use super::{Kind, List, Meta, ObjectKey};

/// The kubelet forgets that it held a container back when the container has run for so long.
const RECOVERY: i64 = 600;
/// The shortest time that it holds one back.
const BACK_OFF: i64 = 10;
/// A restart that is longer ago tells nobody anything.
const RECENT: i64 = 7 * 24 * 3600;

/// What is wrong with a pod. Of most pods there is nothing to say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PodTrouble {
    /// The workloads that may stand for the pod, by kind and name, in its namespace.
    pub owners: Box<[(Kind, CompactString)]>,
    /// Why it does not work.
    pub illness: Option<Illness>,
    /// The containers that were restarted.
    pub restarts: Box<[Restart]>,
}

/// Why a pod does not work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Illness {
    /// In a word of the API: `CrashLoopBackOff`, `Evicted`, `Unschedulable`.
    pub reason: CompactString,
    /// The container that it is about; empty for the pod.
    pub container: CompactString,
    /// JSON pointer of where the pod says so.
    pub path: &'static str,
    /// Whether it holds now.
    pub course: Course,
}

/// Whether an illness holds at a time. Times are seconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Course {
    /// At any.
    Lasting,
    /// It began then, and is no illness unless it lasts.
    Since(i64),
    /// It seems over, and is not before then: a crash loop lets its container run again and again.
    Until(i64),
}

/// Restarts of one container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Restart {
    /// The container.
    pub container: CompactString,
    /// JSON pointer of where the pod says so.
    pub path: &'static str,
    /// How often.
    pub count: i32,
    /// When it last ended, in seconds since the epoch.
    pub last: i64,
}

impl Illness {
    /// Whether it holds, where what is not ready may be so for some seconds.
    #[must_use]
    pub fn holds(&self, now: Timestamp, patience: i64) -> bool {
        let now = now.as_second();
        match self.course {
            Course::Lasting => true,
            Course::Since(start) => now - start >= patience,
            Course::Until(end) => now < end,
        }
    }
}

impl PodTrouble {
    /// The workloads that may stand for the pod.
    pub(super) fn owners_in(&self, namespace: &Arc<str>) -> impl Iterator<Item = ObjectKey> {
        self.owners.iter().map(|(kind, name)| ObjectKey {
            kind: *kind,
            namespace: Arc::clone(namespace),
            name: name.as_str().into(),
        })
    }

    /// Whether nothing is left to say of it.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        let is_ill = self.illness.as_ref().is_some_and(|illness| illness.holds(now, i64::MIN));
        !is_ill && self.restarts.iter().all(|restart| now.as_second() - restart.last > RECENT)
    }
}

/// `status` of a pod.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PodStatus {
    phase: CompactString,
    reason: CompactString,
    conditions: List<Condition>,
    init_container_statuses: List<ContainerStatus>,
    container_statuses: List<ContainerStatus>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Condition {
    #[serde(rename = "type")]
    kind: CompactString,
    status: CompactString,
    reason: CompactString,
    last_transition_time: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerStatus {
    name: CompactString,
    restart_count: i32,
    state: State,
    last_state: State,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct State {
    waiting: Option<Waiting>,
    running: Option<Running>,
    terminated: Option<Terminated>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Waiting {
    reason: CompactString,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Running {
    started_at: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Terminated {
    exit_code: i32,
    reason: CompactString,
    finished_at: Option<Timestamp>,
}

impl PodStatus {
    /// What is wrong with the pod. One that is being deleted is let go in peace.
    pub(super) fn trouble(&self, meta: &Meta, is_restarted: bool) -> Option<PodTrouble> {
        if meta.deletion_timestamp.is_some() {
            return None;
        }
        let illness = self.illness(meta, is_restarted);
        let restarts: Box<[Restart]> =
            self.containers().filter_map(|(path, container)| container.restart(path)).collect();
        let is_well = illness.is_none() && restarts.is_empty();
        (!is_well).then(|| PodTrouble { owners: owners(meta), illness, restarts })
    }

    /// Each container, with the JSON pointer of its list.
    fn containers(&self) -> impl Iterator<Item = (&'static str, &ContainerStatus)> {
        let init = self.init_container_statuses.iter();
        let regular = self.container_statuses.iter();
        init.map(|container| ("/status/initContainerStatuses", container))
            .chain(regular.map(|container| ("/status/containerStatuses", container)))
    }

    fn illness(&self, meta: &Meta, is_restarted: bool) -> Option<Illness> {
        let of_pod = |reason: &str, course| Illness {
            reason: reason.into(),
            container: CompactString::default(),
            path: "/status/phase",
            course,
        };
        match self.phase.as_str() {
            "Failed" if self.reason.is_empty() => Some(of_pod("Failed", Course::Lasting)),
            "Failed" => Some(of_pod(&self.reason, Course::Lasting)),
            "Unknown" => Some(of_pod("Unknown", Course::Lasting)),
            "Pending" | "Running" => {
                let of_containers = self.containers().find_map(|(path, container)| {
                    let (reason, course) = container.illness(is_restarted)?;
                    let container = container.name.clone();
                    Some(Illness { reason: reason.into(), container, path, course })
                });
                of_containers.or_else(|| {
                    let (reason, since) = self.not_ready(meta)?;
                    Some(Illness {
                        path: "/status/conditions",
                        ..of_pod(reason, Course::Since(since))
                    })
                })
            }
            _ => None,
        }
    }

    /// Why a pod is not ready, and since when. One that is gated waits for good reason.
    fn not_ready(&self, meta: &Meta) -> Option<(&str, i64)> {
        let condition = |kind: &str| self.conditions.iter().find(|known| known.kind == kind);
        let unscheduled = condition("PodScheduled").filter(|known| known.status == "False");
        if unscheduled.is_some_and(|known| known.reason == "SchedulingGated") {
            return None;
        }
        let ready = condition("Ready");
        if ready.is_some_and(|known| known.status == "True") {
            return None;
        }
        let waiting = self.containers().find_map(|(_, container)| container.waits_for());
        let reason = unscheduled.map(|known| known.reason.as_str()).or(waiting);
        let since = unscheduled.or(ready).and_then(|known| known.last_transition_time);
        let since = since.or(meta.creation_timestamp)?;
        Some((reason.filter(|reason| !reason.is_empty()).unwrap_or("NotReady"), since.as_second()))
    }
}

impl ContainerStatus {
    fn waits_for(&self) -> Option<&str> {
        self.state.waiting.as_ref().map(|waiting| waiting.reason.as_str())
    }

    fn illness(&self, is_restarted: bool) -> Option<(&str, Course)> {
        if let Some(reason) = self.waits_for() {
            let is_usual = matches!(reason, "" | "ContainerCreating" | "PodInitializing");
            return (!is_usual).then_some((reason, Course::Lasting));
        }
        let failed =
            |state: &State| state.terminated.as_ref().filter(|end| end.exit_code != 0)?.finished_at;
        if let Some(end) = self.state.terminated.as_ref().filter(|end| end.exit_code != 0) {
            if !is_restarted {
                let reason = if end.reason.is_empty() { "Error" } else { &end.reason };
                return Some((reason, Course::Lasting));
            }
            let loops = self.restart_count > 1 && failed(&self.last_state).is_some();
            let end = end.finished_at.filter(|_| loops)?.as_second();
            return Some(("CrashLoopBackOff", Course::Until(end + RECOVERY)));
        }
        let start = self.state.running.as_ref()?.started_at?.as_second();
        let was_held_back = failed(&self.last_state)
            .is_some_and(|end| self.restart_count > 1 && start - end.as_second() >= BACK_OFF);
        was_held_back.then_some(("CrashLoopBackOff", Course::Until(start + RECOVERY)))
    }

    fn restart(&self, path: &'static str) -> Option<Restart> {
        let ended = self.last_state.terminated.as_ref().and_then(|end| end.finished_at);
        let started = || self.state.running.as_ref()?.started_at;
        let last = ended.or_else(started).filter(|_| self.restart_count > 0)?.as_second();
        Some(Restart { container: self.name.clone(), path, count: self.restart_count, last })
    }
}

/// Who may stand for a pod: its controller, and the Deployment that a `ReplicaSet` is of by its
/// name, for of the two only one is judged.
fn owners(meta: &Meta) -> Box<[(Kind, CompactString)]> {
    let controller = meta.controller().and_then(|owner| {
        let kind = Kind::find(owner.group(), &owner.kind)?;
        kind.makes(Kind::Pod).then(|| (kind, owner.name.clone()))
    });
    let deployment = controller.as_ref().and_then(|(_, name)| {
        let hash = meta.labels.value("pod-template-hash")?;
        let name = name.strip_suffix(hash)?.strip_suffix('-')?;
        Some((Kind::Deployment, name.into()))
    });
    let deployment = deployment.filter(|_| matches!(controller, Some((Kind::ReplicaSet, _))));
    controller.into_iter().chain(deployment).collect()
}
