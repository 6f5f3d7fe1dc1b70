//! Lists whose elements are made when somebody looks at them: there may be more than fit into memory.

use std::{borrow::Cow, fmt, iter};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// A list of a known length.
pub struct Lazy<'a, T> {
    length: usize,
    make: Box<dyn Fn(usize) -> T + 'a>,
}

impl<'a, T> Lazy<'a, T> {
    /// A list whose elements are made from their position.
    pub fn new(length: usize, make: impl Fn(usize) -> T + 'a) -> Self {
        Self { length, make: Box::new(make) }
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The elements, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        (0..self.length).map(&self.make)
    }
}

impl<'a, T: Clone + 'a> From<Vec<T>> for Lazy<'a, T> {
    fn from(made: Vec<T>) -> Self {
        Self::new(made.len(), move |position| made[position].clone())
    }
}

impl<T> fmt::Debug for Lazy<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lazy").field("length", &self.length).finish_non_exhaustive()
    }
}

impl<T: Serialize> Serialize for Lazy<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<T: JsonSchema> JsonSchema for Lazy<'_, T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}

/// Neighbours that are the same in some way, together.
pub(super) fn groups<T>(
    elements: impl Iterator<Item = T>,
    is_same: impl Fn(&T, &T) -> bool,
) -> impl Iterator<Item = Vec<T>> {
    let mut elements = elements.peekable();
    iter::from_fn(move || {
        let mut group = vec![elements.next()?];
        while let Some(next) = elements.next_if(|next| is_same(&group[0], next)) {
            group.push(next);
        }
        Some(group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_grouped() {
        let numbers = Lazy::from(vec![1, 3, 2, 5, 7]);
        let groups: Vec<_> = groups(numbers.iter(), |a, b| a % 2 == b % 2).collect();
        assert_eq!(groups, [vec![1, 3], vec![2], vec![5, 7]]);
    }
}
