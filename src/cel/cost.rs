//! What an expression costs, in the units of Kubernetes: one formula for each function, which the
//! estimate fills with sizes that may be and the evaluation with sizes that are.

/// A size or a cost that is known within bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// At least this.
    pub min: u64,
    /// At most this.
    pub max: u64,
}

impl Range {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { min: 0, max: u64::MAX };

    /// Exactly this.
    #[must_use]
    pub const fn exactly(number: u64) -> Self {
        Self { min: number, max: number }
    }

    /// One after the other.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { min: self.min.saturating_add(other.min), max: self.max.saturating_add(other.max) }
    }

    /// So many times.
    #[must_use]
    pub const fn times(self, other: Self) -> Self {
        Self { min: self.min.saturating_mul(other.min), max: self.max.saturating_mul(other.max) }
    }

    /// Either one or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

/// What the cost of a call depends on.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    /// The sizes of the arguments, the receiver first: characters, bytes, items or entries; one
    /// for what has no size.
    pub arguments: &'a [u64],
    /// The size of the result.
    pub result: u64,
    /// The cost of reading all that is in the first argument.
    pub contents: u64,
}

impl Sizes<'_> {
    /// The size of one argument, zero where there is none.
    #[must_use]
    pub fn of(&self, argument: usize) -> u64 {
        self.arguments.get(argument).copied().unwrap_or(0)
    }

    /// The cost of reading one argument so many times.
    #[must_use]
    pub fn reading(&self, argument: usize, times: u64) -> u64 {
        traversal(self.of(argument).saturating_mul(times))
    }
}

/// The cost of reading a text of that size: a tenth, rounded up.
#[must_use]
pub const fn traversal(size: u64) -> u64 {
    size.div_ceil(10)
}

/// The cost of a call.
#[derive(Clone, Copy, Debug)]
pub enum Cost {
    /// One, whatever the arguments are.
    One,
    /// Of reading the first argument so many times.
    Reading(u64),
    /// Of everything in the first argument.
    Contents,
    /// Of a regular expression, the second argument, over the first.
    Regex,
    /// Another formula. It never falls when a size grows.
    By(fn(&Sizes<'_>) -> u64),
}

impl Cost {
    /// The cost with these sizes.
    #[must_use]
    pub fn of(self, sizes: &Sizes<'_>) -> u64 {
        match self {
            Self::One => 1,
            Self::Reading(times) => sizes.reading(0, times),
            Self::Contents => sizes.contents,
            Self::Regex => {
                let text = traversal(sizes.of(0).saturating_add(1));
                text.saturating_mul(sizes.of(1).div_ceil(4))
            }
            Self::By(formula) => formula(sizes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_never_overflow() {
        let sizes = Sizes { arguments: &[u64::MAX, u64::MAX], result: 1, contents: 7 };
        assert_eq!(Cost::Regex.of(&sizes), u64::MAX);
        assert_eq!(Cost::Reading(2).of(&sizes), u64::MAX.div_ceil(10));
        assert_eq!(Cost::Contents.of(&sizes), 7);
        assert_eq!(Range::UNKNOWN.plus(Range::exactly(1)), Range { min: 1, max: u64::MAX });
    }
}
