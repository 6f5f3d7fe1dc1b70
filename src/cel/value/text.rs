//! Texts, borrowed where they can be.

use std::cmp::Ordering;
use std::ops::Deref;
use std::rc::Rc;

/// A text.
#[derive(Clone, Debug)]
pub enum Text<'a> {
    /// Of the object or of the expression.
    Borrowed(&'a str),
    /// Made while the expression runs.
    Shared(Rc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}
