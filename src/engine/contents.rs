//! Whole objects, kept for the custom checks that look at several.

use std::{collections::HashMap, sync::Arc};

use crate::model::{Kind, ObjectKey};

use super::View;

/// Whole objects of the kinds that custom checks look up, or look up others for.
#[derive(Debug, Default)]
pub struct Contents {
    objects: HashMap<ObjectKey, Arc<str>>,
    namespaces: HashMap<Arc<str>, View>,
}

impl Contents {
    /// Takes in an object, by what [`View::keep`] kept of it. The answer is whether that is news.
    pub fn insert(&mut self, key: &ObjectKey, whole: Arc<str>) -> bool {
        if self.objects.get(key).is_some_and(|known| *known == whole) {
            return false;
        }
        if key.kind == Kind::Namespace {
            self.namespaces.extend(View::read(&whole).map(|view| (Arc::clone(&key.name), view)));
        }
        self.objects.insert(key.clone(), whole);
        true
    }

    /// Forgets an object. The answer is whether it was there.
    pub fn remove(&mut self, key: &ObjectKey) -> bool {
        if key.kind == Kind::Namespace {
            self.namespaces.remove(&key.name);
        }
        self.objects.remove(key).is_some()
    }

    /// Forgets a kind.
    pub fn forget(&mut self, kind: Kind) {
        if kind == Kind::Namespace {
            self.namespaces.clear();
        }
        self.objects.retain(|key, _| key.kind != kind);
    }

    /// An object.
    #[must_use]
    pub fn view(&self, key: &ObjectKey) -> Option<View> {
        self.objects.get(key).and_then(|whole| View::read(whole))
    }

    /// A Namespace.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&View> {
        self.namespaces.get(name)
    }
}
