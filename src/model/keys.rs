//! A set of objects that mostly holds one.

use std::collections::BTreeSet;

use super::ObjectKey;

/// Keys of objects, each once, in their order.
#[derive(Clone, Debug, Default)]
pub(super) enum Keys {
    #[default]
    None,
    One(ObjectKey),
    Many(BTreeSet<ObjectKey>),
}

impl Keys {
    pub(super) fn insert(&mut self, key: &ObjectKey) {
        match self {
            Self::None => *self = Self::One(key.clone()),
            Self::One(known) if known == key => {}
            Self::One(known) => *self = Self::Many([known.clone(), key.clone()].into()),
            Self::Many(known) => {
                known.insert(key.clone());
            }
        }
    }

    pub(super) fn remove(&mut self, key: &ObjectKey) {
        match self {
            Self::One(known) if known == key => *self = Self::None,
            Self::None | Self::One(_) => {}
            Self::Many(known) => {
                known.remove(key);
                if known.is_empty() {
                    *self = Self::None;
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ObjectKey> {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(key) => (Some(key), None),
            Self::Many(keys) => (None, Some(keys)),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    /// Those that are not before a key.
    pub(super) fn starting_at(
        &self,
        first: ObjectKey,
    ) -> impl Iterator<Item = &ObjectKey> + use<'_> {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(key) => (Some(key).filter(|key| **key >= first), None),
            Self::Many(keys) => (None, Some(keys.range(first..))),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}
