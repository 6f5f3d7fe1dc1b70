//! Policies by their position.

/// The most policies that can be active at once.
pub const MAX_POLICIES: usize = 64;

/// A set of active policies, by their position in [`super::Rules::policies`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PolicySet(u64);

impl PolicySet {
    pub(super) fn insert(&mut self, position: usize) {
        self.0 |= 1 << position;
    }

    /// Whether a policy is in the set.
    #[must_use]
    pub fn contains(self, position: usize) -> bool {
        self.0 & (1 << position) != 0
    }

    /// Whether no policy is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The policies that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The positions in the set.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..MAX_POLICIES).filter(move |position| self.contains(*position))
    }
}

impl FromIterator<usize> for PolicySet {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        let mut set = Self::default();
        positions.into_iter().for_each(|position| set.insert(position));
        set
    }
}
