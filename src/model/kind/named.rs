//! Kinds that only custom checks name. A list of them lasts as long as the process: so a kind stays
//! as small as a number, and as cheap to copy.

use std::sync::{PoisonError, RwLock};

use super::{Kind, Names, Position, Scope};

/// A kind by its place in the list of those that custom checks have named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedKind(pub(super) u8);

/// The kinds that custom checks have named; the list only grows.
static NAMED: RwLock<Vec<Names>> = RwLock::new(Vec::new());

impl NamedKind {
    /// How many there can be: as many as a set has room for.
    const MOST: usize = 128 - Position::Named as usize;

    pub(super) fn names(self) -> Names {
        let named = NAMED.read().unwrap_or_else(PoisonError::into_inner);
        named.get(usize::from(self.0)).copied().unwrap_or_else(|| Kind::Other.names())
    }
}

impl Kind {
    /// Has a kind that no check of the catalogue knows be read from the cluster. The names of kinds
    /// are kept for ever; there is room for a few dozen, and `None` after that.
    pub fn name_another(group: &str, kind: &str) -> Option<Self> {
        if let Some(known) = Self::find(group, kind) {
            return Some(known);
        }
        let mut named = NAMED.write().unwrap_or_else(PoisonError::into_inner);
        let known = named.iter().position(|known| (known.group, known.kind) == (group, kind));
        let slot = known.unwrap_or(named.len());
        let named_kind = u8::try_from(slot).ok().filter(|_| slot < NamedKind::MOST)?;
        if known.is_some() {
            return Some(Self::Named(NamedKind(named_kind)));
        }
        let keep = |text: &str| -> &'static str { text.to_owned().leak() };
        named.push(Names {
            kind: keep(kind),
            group: keep(group),
            version: "",
            plural: keep(&kind.to_lowercase()),
            scope: Scope::Namespaced,
        });
        Some(Self::Named(NamedKind(named_kind)))
    }

    /// Notes how a cluster serves a kind that was named: the version that is read, and the resource.
    pub fn served_as(self, version: &str, plural: &str) {
        let Self::Named(kind) = self else { return };
        let mut named = NAMED.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = named.get_mut(usize::from(kind.0)) {
            // Kept for ever, as all names are; they hardly ever change.
            if known.version != version {
                known.version = version.to_owned().leak();
            }
            if known.plural != plural {
                known.plural = plural.to_owned().leak();
            }
        }
    }

    /// Finds a kind of the catalogue, or one that was named since.
    #[must_use]
    pub fn find_named(group: &str, kind: &str) -> Option<Self> {
        Self::find(group, kind)
            .or_else(|| Self::named().find(|known| (known.group(), known.name()) == (group, kind)))
    }

    /// The kinds that were named beside those of the catalogue.
    pub fn named() -> impl Iterator<Item = Self> {
        let count = NAMED.read().unwrap_or_else(PoisonError::into_inner).len();
        (0..count).filter_map(|slot| Some(Self::Named(NamedKind(u8::try_from(slot).ok()?))))
    }

    /// This kind as checks of the catalogue see it: what they do not know is [`Kind::Other`].
    #[must_use]
    pub fn known(self) -> Self {
        match self {
            Self::Named(_) => Self::Other,
            known => known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KindSet;

    #[test]
    fn a_kind_that_is_named_is_found_and_has_its_place_in_a_set() {
        let lamp = Kind::name_another("shop.example.com", "Lamp").unwrap();
        assert_eq!(Kind::name_another("shop.example.com", "Lamp"), Some(lamp));
        assert_eq!(Kind::find_named("shop.example.com", "Lamp"), Some(lamp));
        assert_eq!(Kind::find("shop.example.com", "Lamp"), None);
        assert_eq!((lamp.group(), lamp.name()), ("shop.example.com", "Lamp"));
        lamp.served_as("v2", "lampen");
        assert_eq!((&*lamp.api_version(), lamp.plural()), ("shop.example.com/v2", "lampen"));
        let other = Kind::name_another("office.example.com", "Lamp").unwrap();
        assert_eq!(KindSet::from_iter([other]).iter().collect::<Vec<_>>(), [other]);
        assert_eq!((other.known(), Kind::Pod.known()), (Kind::Other, Kind::Pod));
        assert_eq!(Kind::name_another("apps", "Deployment"), Some(Kind::Deployment));
    }
}
