//! Lists: of JSON, or made while an expression runs.

use std::rc::Rc;

use serde_json::Value as Json;

use super::Value;

/// A list.
#[derive(Clone, Debug)]
pub enum List<'a> {
    /// Of the object.
    Json(&'a [Json]),
    /// Made while the expression runs.
    Values(Rc<Vec<Value<'a>>>),
}

impl<'a> List<'a> {
    /// How many items it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Json(items) => items.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// Whether it has no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One item.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Json(items) => items.get(index).map(Value::from),
            Self::Values(values) => values.get(index).cloned(),
        }
    }

    /// All items.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Value<'a>> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index).unwrap_or(Value::Null))
    }
}
