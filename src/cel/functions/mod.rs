//! The functions of expressions, one file for each library.
//!
//! A library is a table of overloads, in the order in which Kubernetes declares them. An overload
//! has the id that Kubernetes gives it, the types of its parameters and its result, a cost and a
//! plain function over values. The function may rely on nothing: where an argument has another
//! type, it answers "no such overload".

mod addresses;
mod conversions;
mod find;
pub(super) mod format;
mod lists;
mod named_formats;
mod operators;
mod optionals;
mod quantity;
mod semver;
mod sets;
mod strings;
mod texts;
mod times;
mod urls;

use std::fmt;

use super::cost::Cost;
use super::error::EvaluateError;
use super::types::{Type, split_at_commas};
use super::value::{Outcome, Value};

/// Makes a type that can be compared a value of a library, with its name and perhaps its size.
macro_rules! opaque {
    ($of:ty, $name:literal) => {
        opaque!($of, $name, |_| 1);
    };
    ($of:ty, $name:literal, $size:expr) => {
        impl crate::cel::value::Opaque for $of {
            fn type_name(&self) -> &'static str {
                $name
            }

            fn equals(&self, other: &dyn crate::cel::value::Opaque) -> bool {
                other.as_any().downcast_ref::<Self>() == Some(self)
            }

            fn size(&self) -> u64 {
                let size: fn(&Self) -> u64 = $size;
                size(self)
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }
        }
    };
}
use opaque;

/// One form of a function.
#[derive(Clone, Copy, Debug)]
pub struct Overload {
    /// As it is called: `charAt`, `sets.contains`.
    pub name: &'static str,
    /// The id that Kubernetes gives it: `string_char_at_int`.
    pub id: &'static str,
    /// The types of its parameters, the receiver first, and its result: `string, int -> string`.
    /// Names of types are as [`Type::parse`] reads them.
    pub signature: &'static str,
    /// Whether it is called on a receiver: `text.charAt(1)`.
    pub is_member: bool,
    /// What a call costs.
    pub cost: Cost,
    /// What it does.
    pub body: Body,
}

/// What a function does.
#[derive(Clone, Copy)]
pub enum Body {
    /// Works its result out of its arguments, the receiver first.
    Plain(for<'a> fn(&[Value<'a>]) -> Outcome<'a>),
    /// Needs regular expressions, which are compiled once where the pattern is a literal.
    Regex(for<'a> fn(&[Value<'a>], &dyn Patterns) -> Outcome<'a>),
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Body")
    }
}

/// Looks for regular expressions, each of which is compiled once.
pub trait Patterns {
    /// What a pattern in the syntax of RE2 finds in a text, as Go's `FindAllString` does, so often
    /// at most. The error for a pattern that cannot be read is that of Go.
    fn find_all<'t>(
        &self,
        pattern: &str,
        text: &'t str,
        limit: usize,
    ) -> Result<Vec<&'t str>, EvaluateError>;
}

impl Overload {
    /// A function that is called on a receiver; a call costs one.
    #[must_use]
    pub const fn member(
        name: &'static str,
        id: &'static str,
        signature: &'static str,
        body: for<'a> fn(&[Value<'a>]) -> Outcome<'a>,
    ) -> Self {
        let (is_member, body) = (true, Body::Plain(body));
        Self { name, id, signature, is_member, cost: Cost::One, body }
    }

    /// A function that is called by its name alone; a call costs one.
    #[must_use]
    pub const fn global(
        name: &'static str,
        id: &'static str,
        signature: &'static str,
        body: for<'a> fn(&[Value<'a>]) -> Outcome<'a>,
    ) -> Self {
        let (is_member, body) = (false, Body::Plain(body));
        Self { name, id, signature, is_member, cost: Cost::One, body }
    }

    /// With another cost.
    #[must_use]
    pub const fn cost(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    /// With a body that needs regular expressions.
    #[must_use]
    pub const fn regex(self, body: for<'a> fn(&[Value<'a>], &dyn Patterns) -> Outcome<'a>) -> Self {
        Self { body: Body::Regex(body), ..self }
    }

    /// The types of the parameters and of the result.
    #[must_use]
    pub fn types(&self) -> Option<(Vec<Type>, Type)> {
        let (parameters, result) = self.signature.split_once("->")?;
        let parameters = split_at_commas(parameters).map(Type::parse).collect::<Option<_>>()?;
        Some((parameters, Type::parse(result)?))
    }

    /// Runs it, where it needs no regular expressions.
    pub(super) fn plain<'a>(&self, arguments: &[Value<'a>]) -> Outcome<'a> {
        match self.body {
            Body::Plain(body) => body(arguments),
            Body::Regex(_) => Err(EvaluateError::NO_SUCH_OVERLOAD),
        }
    }
}

/// All libraries.
pub const LIBRARIES: &[&[&[Overload]]] = &[
    &[
        operators::OVERLOADS,
        operators::LESS,
        operators::LESS_EQUALS,
        operators::GREATER,
        operators::GREATER_EQUALS,
        conversions::OVERLOADS,
        texts::OVERLOADS,
        optionals::OVERLOADS,
        strings::OVERLOADS,
        format::OVERLOADS,
        sets::OVERLOADS,
        lists::OVERLOADS,
        lists::SORTED,
        lists::MIN,
        lists::MAX,
        lists::SORT,
        lists::SORT_BY,
        find::OVERLOADS,
        quantity::OVERLOADS,
        addresses::OVERLOADS,
        semver::OVERLOADS,
        urls::OVERLOADS,
        named_formats::OVERLOADS,
    ],
    times::PARTS,
];

/// All overloads.
pub(super) fn overloads() -> impl Iterator<Item = &'static Overload> {
    LIBRARIES.iter().copied().flatten().copied().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_signature_can_be_read() {
        for overload in overloads() {
            let types = overload.types();
            assert!(types.is_some(), "{}: {}", overload.id, overload.signature);
            let has_receiver = types.is_some_and(|(parameters, _)| !parameters.is_empty());
            assert!(!overload.is_member || has_receiver, "{} has no receiver", overload.id);
        }
    }

    #[test]
    fn every_overload_has_its_own_id() {
        let ids: Vec<_> = overloads().map(|one| one.id).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }
}
