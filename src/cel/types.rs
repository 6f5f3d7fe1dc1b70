//! Types of expressions, and how signatures write them.

use std::fmt;
use std::sync::Arc;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Known only when the expression runs.
    Dyn,
    /// Of an expression that is wrong; it fits everything, so that one mistake is told once.
    Error,
    /// `null`.
    Null,
    /// `bool`.
    Bool,
    /// `int`, of 64 bits.
    Int,
    /// `uint`, of 64 bits.
    Uint,
    /// `double`.
    Double,
    /// `string`.
    String,
    /// `bytes`.
    Bytes,
    /// `duration`.
    Duration,
    /// `timestamp`.
    Timestamp,
    /// `list(T)`.
    List(Arc<Type>),
    /// `map(K, V)`.
    Map(Arc<Type>, Arc<Type>),
    /// The type of a type.
    Type(Arc<Type>),
    /// A type with a name and perhaps parameters: `optional_type(T)`, `net.IP`.
    Opaque(Arc<str>, Arc<[Type]>),
    /// A parameter of a signature, or a type that is still to be found.
    Parameter(Parameter),
}

/// A type that is filled in where a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// As a signature names it: one capital letter.
    Named(char),
    /// Made by the type checker.
    Free(u32),
}

/// The name of the type of optional values.
pub const OPTIONAL: &str = "optional_type";

impl Type {
    /// `list(element)`.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// `map(key, value)`.
    #[must_use]
    pub fn map(key: Self, value: Self) -> Self {
        Self::Map(Arc::new(key), Arc::new(value))
    }

    /// `optional_type(value)`.
    #[must_use]
    pub fn optional(value: Self) -> Self {
        Self::Opaque(OPTIONAL.into(), [value].into())
    }

    /// The type inside an optional type.
    #[must_use]
    pub fn unwrap_optional(&self) -> Option<&Self> {
        match self {
            Self::Opaque(name, parameters) if &**name == OPTIONAL => parameters.first(),
            _ => None,
        }
    }

    /// Whether it has no more parts than that; the number falls by those that it has.
    pub(super) fn has_at_most(&self, parts: &mut usize) -> bool {
        let Some(left) = parts.checked_sub(1) else { return false };
        *parts = left;
        match self {
            Self::List(part) | Self::Type(part) => part.has_at_most(parts),
            Self::Map(key, value) => key.has_at_most(parts) && value.has_at_most(parts),
            Self::Opaque(_, inner) => inner.iter().all(|part| part.has_at_most(parts)),
            _ => true,
        }
    }

    /// The name of the type that a value has while an expression runs.
    #[must_use]
    pub fn runtime_name(&self) -> String {
        match self {
            Self::List(_) => "list".to_owned(),
            Self::Map(..) => "map".to_owned(),
            Self::Type(_) => "type".to_owned(),
            Self::Null => "null_type".to_owned(),
            Self::Duration => "google.protobuf.Duration".to_owned(),
            Self::Timestamp => "google.protobuf.Timestamp".to_owned(),
            Self::Opaque(name, _) => name.to_string(),
            other => other.to_string(),
        }
    }

    /// The type that a signature writes so: `list(T)`, `map(string, dyn)`, `net.IP`. A single
    /// capital letter is a parameter, an unknown name an opaque type.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((name, inner)) = text.split_once('(') else { return Some(Self::plain(text)) };
        let inner = split_at_commas(inner.strip_suffix(')')?);
        let mut parameters = inner.map(Self::parse).collect::<Option<Vec<_>>>()?.into_iter();
        match name {
            "list" => Some(Self::list(parameters.next()?)),
            "map" => Some(Self::map(parameters.next()?, parameters.next()?)),
            "type" => Some(Self::Type(Arc::new(parameters.next()?))),
            name => Some(Self::Opaque(name.into(), parameters.collect())),
        }
    }

    fn plain(name: &str) -> Self {
        match name {
            "dyn" => Self::Dyn,
            "null" | "null_type" => Self::Null,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "double" => Self::Double,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "duration" | "google.protobuf.Duration" => Self::Duration,
            "timestamp" | "google.protobuf.Timestamp" => Self::Timestamp,
            name => match name.chars().next() {
                Some(letter) if name.len() == 1 && letter.is_ascii_uppercase() => {
                    Self::Parameter(Parameter::Named(letter))
                }
                _ => Self::Opaque(name.into(), Arc::new([])),
            },
        }
    }
}

/// The parts between the commas that are in no parentheses; none of an empty text.
pub(super) fn split_at_commas(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = text.split(move |character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// As the messages of Kubernetes write it.
impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Dyn => "dyn",
            Self::Error => "!error!",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Duration => "duration",
            Self::Timestamp => "timestamp",
            Self::List(element) => return write!(formatter, "list({element})"),
            Self::Map(key, value) => return write!(formatter, "map({key}, {value})"),
            Self::Type(inner) => return write!(formatter, "type({inner})"),
            Self::Opaque(name, parameters) => {
                formatter.write_str(name)?;
                return match parameters.is_empty() {
                    true => Ok(()),
                    false => write!(formatter, "({})", Listed(parameters)),
                };
            }
            Self::Parameter(Parameter::Named(letter)) => return write!(formatter, "{letter}"),
            Self::Parameter(Parameter::Free(number)) => {
                return write!(formatter, "_var{number}");
            }
        };
        formatter.write_str(name)
    }
}

/// Types with commas between them.
pub(super) struct Listed<'a>(pub(super) &'a [Type]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(formatter, "{comma}{item}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_they_are_read() {
        for text in ["dyn", "list(T)", "map(string, list(A))", "optional_type(V)", "net.IP"] {
            assert_eq!(Type::parse(text).map(|read| read.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Type::parse("list(T"), None);
    }
}
