//! What takes room, or would.

use std::{cmp::Reverse, sync::Arc};

use jiff::Timestamp;

use crate::{
    api::{Severity, State},
    items::{Fate, Item},
};

/// What takes room, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// An item that exists, with its place in the order.
    Item(Rank),
    /// A finding that is no item yet.
    New {
        /// How bad it is.
        severity: Severity,
        /// The policies that ask for it.
        policies: Vec<Arc<str>>,
    },
}

/// The place of an item in the order: what comes first has room first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Somebody else wants the item to be there: nothing makes it go.
    Committed(Arc<str>),
    /// The check fails.
    Failing {
        /// Nobody has decided, assigned or linked anything.
        is_plain: bool,
        /// The rank of the severity.
        severity: u32,
        /// When it was first seen.
        first_seen: Timestamp,
        /// Its name.
        name: Arc<str>,
    },
    /// The item is resolved.
    Resolved {
        /// Nobody has decided, assigned or linked anything.
        is_plain: bool,
        /// When; the latest first.
        resolved_at: Reverse<Timestamp>,
        /// Its name.
        name: Arc<str>,
    },
}

impl Rank {
    /// Whether the item comes before a finding that is no item yet, by the rank of its severity.
    pub(super) fn precedes(&self, new: u32) -> bool {
        match self {
            Self::Committed(_) => true,
            Self::Failing { is_plain, severity, .. } => !is_plain || *severity <= new,
            Self::Resolved { .. } => false,
        }
    }
}

impl Claim {
    /// What a finding with this fate, or its item, claims; `None` where there is neither.
    #[must_use]
    pub fn of(fate: &Fate, item: Option<&Item>) -> Option<Self> {
        match (fate, item) {
            (_, Some(item)) => Some(Self::Item(rank(fate, item))),
            (Fate::Fail(failing), None) => Some(Self::New {
                severity: failing.acceptance.severity,
                policies: failing.wanted.policies.clone(),
            }),
            (Fate::Resolve(_) | Fate::Leave, None) => None,
        }
    }
}

fn rank(fate: &Fate, item: &Item) -> Rank {
    match fate {
        _ if item.is_committed => Rank::Committed(Arc::clone(&item.name)),
        Fate::Fail(failing) => fails(item, failing.acceptance.severity.rank()),
        Fate::Leave if item.status.state != Some(State::Resolved) => {
            fails(item, item.status.severity_rank.unwrap_or(u32::MAX))
        }
        Fate::Resolve(_) | Fate::Leave => Rank::Resolved {
            is_plain: !item.is_triaged,
            resolved_at: Reverse(
                item.status.resolved_at.as_ref().map_or(Timestamp::MAX, |time| time.0),
            ),
            name: Arc::clone(&item.name),
        },
    }
}

fn fails(item: &Item, severity: u32) -> Rank {
    Rank::Failing {
        is_plain: !item.is_triaged,
        severity,
        first_seen: item.status.first_seen.as_ref().map_or(Timestamp::MAX, |time| time.0),
        name: Arc::clone(&item.name),
    }
}
