//! Objects that custom checks see whole, as they come and go.

use std::sync::Arc;

use crate::model::{Kind, Object, ObjectKey};

use super::{Findings, View};

impl Findings {
    /// All of an object, where a custom check wants to see that. What others look up is kept.
    pub(super) fn view(&mut self, object: &Object, key: &ObjectKey) -> Option<View> {
        let view = View::of(object)?;
        if self.rules.keeps_whole(key.kind) && self.contents.insert(key, view.keep()) {
            self.looked_up_changed(key);
        }
        Some(view)
    }

    /// Marks what custom checks have to judge again because they may have looked up this object.
    fn looked_up_changed(&mut self, key: &ObjectKey) {
        let scope = match key.kind {
            Kind::Namespace => Some(Arc::clone(&key.name)),
            _ => Some(Arc::clone(&key.namespace)).filter(|name| !name.is_empty()),
        };
        let judged = self.rules.judged_by(key.kind);
        self.unrelated.extend(judged.iter().map(|kind| (kind, scope.clone())));
    }

    /// An object is gone, or another one stands for it.
    pub(super) fn forget_whole(&mut self, key: &ObjectKey) {
        if self.contents.remove(key) {
            self.looked_up_changed(key);
        }
    }
}
