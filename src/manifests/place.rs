//! Where an object stands.

use std::{borrow::Cow, sync::Arc};

use super::layout::{self, Layout};

/// A place in a file; both are counted from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Default for Position {
    /// The beginning of a file.
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

/// Where an object stands: its file, and the place of each field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// Which document of the file, from 0.
    pub document: usize,
    pub(super) line: u32,
    pub(super) layout: Layout,
}

impl Place {
    /// The place of an object that is in no file, under the name that it has elsewhere.
    #[must_use]
    pub fn nowhere(name: &str) -> Self {
        Self { file: name.into(), document: 0, line: 1, layout: Layout::from([]) }
    }

    /// The place of a field, by its JSON pointer, or of the nearest present part of that path. What
    /// an alias or a merge repeats stands where it was written.
    #[must_use]
    pub fn position(&self, pointer: &str) -> Position {
        let steps: Vec<_> = pointer.split('/').skip(1).map(unescape).collect();
        layout::position(&self.layout, self.line, steps.iter().map(|step| &**step))
    }

    /// The line of that place.
    #[must_use]
    pub fn line(&self, pointer: &str) -> u32 {
        self.position(pointer).line
    }
}

fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') { step.replace("~1", "/").replace("~0", "~").into() } else { step.into() }
}
