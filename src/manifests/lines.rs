//! The line of every field, beside the value that has no lines.

/// The line of a value, and of what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    /// Of a field, the line of its name.
    pub(super) line: u32,
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

    /// The line at the end of a path, or of the last step that is there.
    pub(super) fn at<'a>(&self, steps: impl IntoIterator<Item = &'a str>) -> u32 {
        let mut here = self;
        for step in steps {
            let Some(child) = here.child(step) else { break };
            here = child;
        }
        here.line
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
