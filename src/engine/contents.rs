//! Whole objects that custom checks look up.

use std::{collections::HashMap, sync::Arc};

use crate::model::{Kind, ObjectKey};

use super::View;

/// Whole objects of the kinds that custom checks look up.
#[derive(Debug, Default)]
pub struct Contents {
    namespaces: HashMap<Arc<str>, View>,
}

impl Contents {
    /// Takes in an object, by what [`View::keep`] kept of it.
    pub fn insert(&mut self, key: &ObjectKey, whole: &str) {
        if key.kind == Kind::Namespace {
            self.namespaces.extend(View::read(whole).map(|view| (Arc::clone(&key.name), view)));
        }
    }

    /// A Namespace.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<&View> {
        self.namespaces.get(name)
    }
}
