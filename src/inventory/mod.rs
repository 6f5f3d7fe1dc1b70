//! Watches: what the cluster looks like now, as a stream of decoded observations.

mod grant;
mod list;
mod named;
mod origins;
mod owners;
mod raw;
mod reader;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use kube::Client;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    api::{ActionItem, AuditPolicy},
    model::{Kind, Object, ObjectKey, PodTrouble},
};

pub use list::{Listed, Query, Wanted, find, find_own, find_whole, list, list_each, list_own};
pub use origins::follow;
pub use owners::{Owner, find_owner};
use reader::Reader;

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The policies.
    Policies,
    /// The items.
    Items,
    /// Objects of a kind that checks look at.
    Kind(Kind),
}

/// How long a kind is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One complete list, then every change.
    Watch,
    /// One complete list.
    List,
}

/// How much of an object is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What checks of the catalogue read.
    Read,
    /// All of it too, for custom checks.
    Whole,
    /// The same, and of objects that their owners stand for, too.
    All,
}

/// What was seen of a source.
#[derive(Debug)]
pub enum Seen {
    /// A complete list begins; what it does not show until [`Seen::ListDone`] is gone.
    ListStarted,
    /// The list is complete; it began at this moment.
    ListDone(Instant),
    /// An object exists, or has changed.
    Applied(Decoded),
    /// An object is gone.
    Deleted(Decoded),
    /// The source cannot be read; reading is tried again by itself.
    Failed(Problem),
}

/// An object, as far as it could be decoded.
#[derive(Debug)]
pub enum Decoded {
    /// An object that checks look at.
    Object(Box<Object>),
    /// An object that is judged through its owner; of a pod, what is wrong with it is read, too, and
    /// in [`Form::All`] all of it.
    Owned(ObjectKey, Option<Box<PodTrouble>>, Option<Box<str>>),
    /// A policy.
    Policy(Box<AuditPolicy>),
    /// An item.
    Item(Box<ActionItem>),
    /// An object that does not have the shape of its kind.
    Undecodable {
        /// Its namespace; empty for a cluster-scoped object.
        namespace: String,
        /// Its name.
        name: String,
        /// What is wrong, without any value of the object.
        problem: String,
    },
}

/// Why a source cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The server does not serve it: its definition is missing.
    #[error("not served by the API server; is its CustomResourceDefinition installed?")]
    NotServed,
    /// We may not read it.
    #[error("may not be listed and watched; grant `list` and `watch` on {0}")]
    Forbidden(String),
    /// The server does not answer, or answers with an error.
    #[error("{0}")]
    Unavailable(String),
}

impl Problem {
    /// A word for metrics and conditions.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotServed => "NotServed",
            Self::Forbidden(_) => "Forbidden",
            Self::Unavailable(_) => "Unavailable",
        }
    }
}

/// How reading is paced.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Objects in one page of a list.
    pub page_size: u32,
    /// After this long without a word on a watch the server is taken for dead; watches are renewed
    /// before that.
    pub silence: Duration,
    /// The longest pause between attempts.
    pub longest_pause: Duration,
    /// The pause between looks for what is usually not there: an add-on, a right that is not given
    /// by default.
    pub recess: Duration,
    /// The pause between lists of what cannot be watched.
    pub poll: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            page_size: 250,
            silence: Duration::from_mins(6),
            longest_pause: Duration::from_secs(30),
            recess: Duration::from_mins(5),
            poll: Duration::from_mins(5),
        }
    }
}

/// One observation, and the reader that made it.
#[derive(Debug)]
pub struct Observation {
    /// What was read.
    pub source: Source,
    /// What was seen of it.
    pub seen: Seen,
    /// The number of the reader: what an older one has left in the channel is out of date.
    reader: u64,
}

/// The running readers: one task for each source.
pub struct Inventory {
    client: Client,
    pace: Pace,
    observations: mpsc::Sender<Observation>,
    readers: HashMap<Source, Running>,
    /// The versions in which kinds are understood that only policies name.
    versions: HashMap<Kind, Vec<String>>,
    started: u64,
}

struct Running {
    number: u64,
    mode: Mode,
    task: JoinHandle<()>,
}

impl Drop for Inventory {
    fn drop(&mut self) {
        self.readers.values().for_each(|reader| reader.task.abort());
    }
}

impl Inventory {
    /// Reads through `client`, which should have a read timeout of [`Pace::silence`].
    #[must_use]
    pub fn new(client: Client, pace: Pace, observations: mpsc::Sender<Observation>) -> Self {
        Self {
            client,
            pace,
            observations,
            readers: HashMap::new(),
            versions: HashMap::new(),
            started: 0,
        }
    }

    /// Says in which versions a kind is understood that only policies name: from now on it is read in
    /// the first that is served.
    pub fn prefer(&mut self, kind: Kind, versions: Vec<String>) {
        self.versions.insert(kind, versions);
    }

    /// Starts to read a source, unless it is read in that mode already.
    pub fn read(&mut self, source: Source, mode: Mode, form: Form) {
        if self.readers.get(&source).is_none_or(|running| running.mode != mode) {
            self.reread(source, mode, form);
        }
    }

    /// Reads a source again from a complete list. A running reader is replaced, so that nothing
    /// older can arrive after the list.
    pub fn reread(&mut self, source: Source, mode: Mode, form: Form) {
        self.stop(source);
        self.started += 1;
        let number = self.started;
        let (client, observations) = (self.client.clone(), self.observations.clone());
        let versions = match source {
            Source::Kind(kind) => self.versions.get(&kind).cloned().unwrap_or_default(),
            _ => Vec::new(),
        };
        let how = (mode, form, versions);
        let reader = Reader::new(client, self.pace, source, how, number, observations);
        let task = tokio::spawn(reader.run());
        self.readers.insert(source, Running { number, mode, task });
    }

    /// Stops reading a source.
    pub fn stop(&mut self, source: Source) {
        if let Some(running) = self.readers.remove(&source) {
            running.task.abort();
        }
    }

    /// Whether an observation was made by the reader that is in charge of its source now.
    #[must_use]
    pub fn is_current(&self, observation: &Observation) -> bool {
        let running = self.readers.get(&observation.source);
        running.is_some_and(|running| running.number == observation.reader)
    }
}
