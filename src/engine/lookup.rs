//! Lists of whole objects, read once for all that look them up, and forgotten after that.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value as Json;

use super::contents::KindName;

/// This part of the room for whole objects may be read at once: what is read takes several times as
/// much as its text.
const PART: usize = 4;

/// A list, and what it has cost to read it.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed {
    pub(super) objects: Arc<Vec<Json>>,
    /// In bytes; nothing where somebody has read it before.
    pub(super) read: usize,
}

/// What was read: the kind and the namespace, or all.
type Of = (KindName, Option<Box<str>>);

/// The lists that were read.
#[derive(Debug, Default)]
pub(super) struct Lists(Mutex<Read>);

#[derive(Debug, Default)]
struct Read {
    lists: HashMap<Of, Arc<Vec<Json>>>,
    bytes: usize,
}

impl Lists {
    /// Reads the texts of objects, unless that was done.
    pub(super) fn read(
        &self,
        kind: &KindName,
        namespace: Option<&str>,
        texts: &[&str],
        room: usize,
    ) -> Result<Listed, String> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = (kind.clone(), namespace.map(Box::from));
        if let Some(objects) = known.lists.get(&of) {
            return Ok(Listed { objects: Arc::clone(objects), read: 0 });
        }
        let bytes = texts.iter().map(|text| text.len()).sum();
        let most = room / PART;
        if bytes > most {
            let KindName { kind, .. } = kind;
            return Err(format!("the {kind}s are {bytes} bytes, and {most} are looked at"));
        }
        if known.bytes + bytes > most {
            *known = Read::default();
        }
        let objects: Arc<Vec<Json>> = Arc::new(texts.iter().copied().filter_map(object).collect());
        known.lists.insert(of, Arc::clone(&objects));
        known.bytes += bytes;
        Ok(Listed { objects, read: bytes })
    }

    /// Forgets all, because something has changed, or all has been looked at.
    pub(super) fn forget(&mut self) {
        let known = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if known.bytes > 0 || !known.lists.is_empty() {
            *known = Read::default();
        }
    }
}

/// An object without what only tells how often it was written, and by whom.
fn object(text: &str) -> Option<Json> {
    let mut object = serde_json::from_str(text).ok()?;
    strip(&mut object);
    Some(object)
}

/// Takes from an object what only tells how often it was written, and by whom.
pub(super) fn strip(object: &mut Json) {
    if let Some(Json::Object(metadata)) = object.get_mut("metadata") {
        metadata.remove("managedFields");
        metadata.remove("resourceVersion");
    }
}
