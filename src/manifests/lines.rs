//! The place of every field, beside the value that has none.

use std::fmt;

use crate::schema::MAX_FAULTS;

use super::Position;

/// The place of a value, and of what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    /// Of a field, the place of its name.
    pub(super) position: Position,
    /// Of a field, whether it was written before; what stood there is lost.
    pub(super) is_repeated: bool,
    pub(super) below: Below,
}

/// What is in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Below {
    Nothing,
    Items(Vec<Lines>),
    /// In the order of the text: where a name is repeated, the last one counts.
    Fields(Vec<(Box<str>, Lines)>),
}

impl Lines {
    pub(super) fn new(position: Position, below: Below) -> Self {
        Self { position, is_repeated: false, below }
    }

    /// The JSON pointers of the fields that were written before.
    pub(super) fn repeated(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.find_repeated(&mut Vec::new(), &mut found);
        found
    }

    fn find_repeated<'a>(&'a self, path: &mut Vec<Step<'a>>, found: &mut Vec<String>) {
        match &self.below {
            Below::Nothing => {}
            Below::Items(items) => {
                for (index, lines) in items.iter().enumerate() {
                    path.push(Step::Item(index));
                    lines.find_repeated(path, found);
                    path.pop();
                }
            }
            Below::Fields(fields) => {
                for (name, lines) in fields {
                    path.push(Step::Field(name));
                    if lines.is_repeated && found.len() < MAX_FAULTS {
                        let pointer = path.iter().map(Step::to_string).collect();
                        if !found.contains(&pointer) {
                            found.push(pointer);
                        }
                    }
                    lines.find_repeated(path, found);
                    path.pop();
                }
            }
        }
    }

    /// What is below by one step of a path.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        match &self.below {
            Below::Nothing => None,
            Below::Items(items) => items.get(name.parse::<usize>().ok()?),
            Below::Fields(fields) => {
                fields.iter().rev().find(|(known, _)| **known == *name).map(|(_, lines)| lines)
            }
        }
    }

    /// The place at the end of a path, or of the last step that is there.
    pub(super) fn at<'a>(&self, steps: impl IntoIterator<Item = &'a str>) -> Position {
        let mut here = self;
        for step in steps {
            let Some(child) = here.child(step) else { break };
            here = child;
        }
        here.position
    }

    /// Takes out the items of a list that is in a field.
    pub(super) fn take_items(&mut self, name: &str) -> Vec<Self> {
        let Below::Fields(fields) = &mut self.below else { return Vec::new() };
        let found = fields.iter_mut().rev().find(|(known, _)| **known == *name);
        match found.map(|(_, lines)| std::mem::replace(&mut lines.below, Below::Nothing)) {
            Some(Below::Items(items)) => items,
            _ => Vec::new(),
        }
    }
}

/// One step of a JSON pointer.
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => {
                write!(formatter, "/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(index) => write!(formatter, "/{index}"),
        }
    }
}
