//! Whole objects, kept for the custom checks that look at several. They have a budget: what does not
//! fit is known to be missing, so that nothing is concluded from its absence.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use compact_str::CompactString;

use crate::model::{Kind, Object, ObjectKey};

use super::{
    View,
    lookup::{Listed, Lists},
};

/// What a kept object takes beside its text, in bytes.
const OVERHEAD: usize = 192;
/// How much more a Namespace takes, for it stays read.
const READ: usize = 4;

/// What a kind is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct KindName {
    pub(super) group: CompactString,
    pub(super) kind: CompactString,
}

/// Namespace and name.
type Place = (Arc<str>, Arc<str>);

/// Whole objects of the kinds that custom checks look up, or look up others for.
#[derive(Debug)]
pub struct Contents {
    room: usize,
    taken: usize,
    kinds: HashMap<KindName, Kept>,
    namespaces: HashMap<Arc<str>, View>,
    lists: Lists,
}

/// What is kept of a kind.
#[derive(Debug, Default)]
struct Kept {
    objects: BTreeMap<Place, Arc<str>>,
    /// Objects that exist, and are not kept.
    missing: BTreeSet<Place>,
}

impl Default for Contents {
    fn default() -> Self {
        Self {
            room: Self::ROOM,
            taken: 0,
            kinds: HashMap::new(),
            namespaces: HashMap::new(),
            lists: Lists::default(),
        }
    }
}

impl KindName {
    /// The kind of an object that no check knows.
    pub(super) fn of(object: &Object) -> Option<Self> {
        let is_other = object.kind == Kind::Other;
        is_other.then(|| Self { group: object.group().into(), kind: object.kind_name.clone() })
    }
}

impl From<Kind> for KindName {
    fn from(kind: Kind) -> Self {
        Self { group: kind.group().into(), kind: kind.name().into() }
    }
}

impl Contents {
    /// The room of a scan, in bytes.
    pub const ROOM: usize = 512 << 20;

    /// Says how many bytes may be kept. What is kept already stays.
    pub fn set_room(&mut self, bytes: usize) {
        self.room = bytes;
    }

    /// How many bytes may be kept.
    #[must_use]
    pub fn room(&self) -> usize {
        self.room
    }

    /// How many bytes are kept.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// How many objects of a kind exist and are not kept.
    #[must_use]
    pub fn missing(&self, kind: Kind) -> usize {
        self.kinds.get(&kind.into()).map_or(0, |kept| kept.missing.len())
    }

    /// How many objects exist in all that are not kept though they should be.
    #[must_use]
    pub fn all_missing(&self) -> usize {
        self.kinds.values().map(|kept| kept.missing.len()).sum()
    }

    /// Takes in an object, by what was kept of it. The answer is whether that is news.
    pub(super) fn insert(
        &mut self,
        key: &ObjectKey,
        other: Option<&KindName>,
        whole: Arc<str>,
    ) -> bool {
        let name = other.cloned().unwrap_or_else(|| key.kind.into());
        let kept = self.kinds.entry(name).or_default();
        let place = place(key);
        if kept.objects.get(&place).is_some_and(|known| *known == whole) {
            return false;
        }
        let old = kept.objects.remove(&place);
        self.taken -= old.as_ref().map_or(0, |old| size(key.kind, old));
        self.lists.forget();
        if self.taken + size(key.kind, &whole) > self.room {
            if key.kind == Kind::Namespace {
                self.namespaces.remove(&key.name);
            }
            return kept.missing.insert(place) || old.is_some();
        }
        self.taken += size(key.kind, &whole);
        if key.kind == Kind::Namespace {
            self.namespaces.extend(View::read(&whole).map(|view| (Arc::clone(&key.name), view)));
        }
        kept.missing.remove(&place);
        kept.objects.insert(place, whole);
        true
    }

    /// Notes that an object exists of which nothing can be kept; what was kept stays.
    pub(super) fn miss(&mut self, key: &ObjectKey) {
        let kept = self.kinds.entry(key.kind.into()).or_default();
        let place = place(key);
        if !kept.objects.contains_key(&place) {
            kept.missing.insert(place);
        }
    }

    /// Forgets an object. The answer is whether it was there.
    pub(super) fn remove(&mut self, key: &ObjectKey) -> bool {
        let Some(kept) = self.kinds.get_mut(&key.kind.into()) else { return false };
        if key.kind == Kind::Namespace {
            self.namespaces.remove(&key.name);
        }
        let place = place(key);
        let was_missing = kept.missing.remove(&place);
        let Some(old) = kept.objects.remove(&place) else { return was_missing };
        self.taken -= size(key.kind, &old);
        self.lists.forget();
        true
    }

    /// Forgets a kind.
    pub(super) fn forget(&mut self, kind: Kind) {
        let Some(kept) = self.kinds.remove(&kind.into()) else { return };
        if kind == Kind::Namespace {
            self.namespaces.clear();
        }
        self.taken -= kept.objects.values().map(|whole| size(kind, whole)).sum::<usize>();
        self.lists.forget();
    }

    /// An object.
    #[must_use]
    pub fn view(&self, key: &ObjectKey) -> Option<View> {
        let kept = self.kinds.get(&key.kind.into())?;
        kept.objects.get(&place(key)).and_then(|whole| View::read(whole))
    }

    /// A Namespace.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&View> {
        self.namespaces.get(name)
    }

    /// All objects of a kind: in one namespace and in none, or everywhere. They are sorted.
    pub(super) fn list<'a>(
        &'a self,
        kind: &KindName,
        namespace: Option<&'a str>,
    ) -> Result<Listed, String> {
        let Some(kept) = self.kinds.get(kind) else { return Ok(Listed::default()) };
        // Also what is in no namespace: of a kind, all objects are in one, or none is.
        let at = |namespace: &str| (Arc::from(namespace), Arc::from(""));
        let inside = |namespace: &str, place: &Place| *place.0 == *namespace;
        let names: BTreeSet<&str> = namespace.into_iter().chain([""]).collect();
        let is_missing = |name: &&str| {
            kept.missing.range(at(name)..).next().is_some_and(|place| inside(name, place))
        };
        let is_any_missing = match namespace {
            None => !kept.missing.is_empty(),
            Some(_) => names.iter().any(is_missing),
        };
        if is_any_missing {
            return Err(format!("not every {} is kept whole: there is no room", kind.kind));
        }
        let within = |name: &&'a str| {
            let name = *name;
            let from = kept.objects.range(at(name)..);
            from.take_while(move |(place, _)| inside(name, place)).map(|(_, whole)| &**whole)
        };
        let texts: Vec<&str> = match namespace {
            None => kept.objects.values().map(|whole| &**whole).collect(),
            Some(_) => names.iter().flat_map(within).collect(),
        };
        self.lists.read(kind, namespace, &texts, self.room)
    }

    /// Drops what was only read to judge.
    pub(super) fn rest(&mut self) {
        self.lists.forget();
    }
}

fn place(key: &ObjectKey) -> Place {
    (Arc::clone(&key.namespace), Arc::clone(&key.name))
}

fn size(kind: Kind, whole: &str) -> usize {
    let times = if kind == Kind::Namespace { 1 + READ } else { 1 };
    times * whole.len() + OVERHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> ObjectKey {
        ObjectKey { kind: Kind::Service, namespace: "shop".into(), name: name.into() }
    }

    fn whole(name: &str) -> Arc<str> {
        format!(r#"{{"metadata":{{"name":"{name}"}}}}"#).into()
    }

    fn listed(contents: &Contents, namespace: Option<&str>) -> Result<usize, String> {
        contents.list(&Kind::Service.into(), namespace).map(|listed| listed.objects.len())
    }

    #[test]
    fn what_does_not_fit_is_known_to_be_missing() {
        let mut contents = Contents::default();
        contents.set_room(2 * size(Kind::Service, &whole("a")));
        assert!(contents.insert(&key("a"), None, whole("a")));
        assert!(!contents.insert(&key("a"), None, whole("a")));
        assert!(contents.insert(&key("b"), None, whole("b")));
        assert_eq!((contents.taken(), listed(&contents, Some("shop"))), (contents.room(), Ok(2)));
        assert!(contents.insert(&key("c"), None, whole("c")));
        assert!(!contents.insert(&key("c"), None, whole("c")));
        assert_eq!(contents.missing(Kind::Service), 1);
        assert!(listed(&contents, Some("shop")).is_err());
        assert!(listed(&contents, None).is_err());
        // Elsewhere nothing is missing.
        assert_eq!(listed(&contents, Some("office")), Ok(0));
        // There is room again.
        assert!(contents.remove(&key("a")));
        assert!(contents.insert(&key("c"), None, whole("c")));
        assert_eq!((contents.missing(Kind::Service), listed(&contents, None)), (0, Ok(2)));
        contents.forget(Kind::Service);
        assert_eq!((contents.taken(), listed(&contents, None)), (0, Ok(0)));
    }

    #[test]
    fn what_is_too_large_is_not_read_at_once() {
        let mut contents = Contents::default();
        let large = format!(r#"{{"data":"{}"}}"#, "x".repeat(3000));
        contents.insert(&key("a"), None, large.into());
        assert_eq!(listed(&contents, None), Ok(1));
        contents.set_room(4000);
        contents.rest();
        assert!(listed(&contents, None).is_err());
    }
}
