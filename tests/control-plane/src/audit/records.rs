//! A selection of audit records.

use std::ops::Deref;

use super::Record;

/// Records in the order in which they were written; each method narrows them down.
#[derive(Clone, Debug, Default)]
pub struct Records(Vec<Record>);

impl Records {
    /// Those for which `wanted` holds.
    #[must_use]
    pub fn only(mut self, wanted: impl Fn(&Record) -> bool) -> Self {
        self.0.retain(wanted);
        self
    }

    /// Those that asked to change something; see [`Record::is_write`].
    #[must_use]
    pub fn writes(self) -> Self {
        self.only(Record::is_write)
    }

    /// Those of the user with exactly this name, such as
    /// `system:serviceaccount:holystone-system:holystone`.
    #[must_use]
    pub fn by_user(self, name: &str) -> Self {
        self.only(|record| record.user == name)
    }

    /// Those of clients whose name of themselves starts so.
    #[must_use]
    pub fn by_user_agent(self, start: &str) -> Self {
        self.only(|record| record.user_agent.starts_with(start))
    }

    /// Those about this resource, or one of its subresources.
    #[must_use]
    pub fn about(self, group: &str, resource: &str) -> Self {
        self.only(|record| record.is_about(group, resource))
    }
}

impl Deref for Records {
    type Target = [Record];

    fn deref(&self) -> &[Record] {
        &self.0
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        Self(records.into_iter().collect())
    }
}

impl IntoIterator for Records {
    type Item = Record;
    type IntoIter = std::vec::IntoIter<Record>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Records {
    type Item = &'a Record;
    type IntoIter = std::slice::Iter<'a, Record>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
