//! Maps: of JSON, made while an expression runs, or of fields that are worked out when asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde_json::Value as Json;

use super::{Outcome, Text, Value};
use crate::cel::error::EvaluateError;

/// A map.
#[derive(Clone, Debug)]
pub enum Map<'a> {
    /// Of the object.
    Json(&'a serde_json::Map<String, Json>),
    /// Made while the expression runs.
    Entries(Rc<Entries<'a>>),
    /// Worked out when asked for: the variables of a policy.
    Lazy(&'a dyn LazyFields<'a>),
}

/// The entries of a map, in an order that is always the same.
pub type Entries<'a> = BTreeMap<Key<'a>, Value<'a>>;

/// Fields that are worked out when they are first asked for.
pub trait LazyFields<'a>: fmt::Debug {
    /// The value of a field; `None` where there is no such field.
    fn field(&'a self, name: &str) -> Option<Outcome<'a>>;

    /// The names of all fields.
    fn names(&self) -> Vec<Text<'a>>;
}

/// The key of an entry. Numbers of several types are several keys, though a lookup by any of them
/// finds what is equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key<'a> {
    /// `true` and `false`
    Bool(bool),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A text.
    String(Text<'a>),
}

impl<'a> Map<'a> {
    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Json(fields) => fields.len(),
            Self::Entries(entries) => entries.len(),
            Self::Lazy(fields) => fields.names().len(),
        }
    }

    /// Whether it has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Result<Option<Value<'a>>, EvaluateError> {
        match self {
            Self::Json(fields) => Ok(fields.get(name).map(Value::from)),
            Self::Entries(entries) => Ok(entries.get(&Key::String(Text::Borrowed(name))).cloned()),
            Self::Lazy(fields) => fields.field(name).transpose(),
        }
    }

    /// The value of the entry whose key is equal; a key of a type that no map has is an error.
    pub fn find(&self, key: &Value<'_>) -> Result<Option<Value<'a>>, EvaluateError> {
        if let Value::String(name) = key {
            return self.field(name);
        }
        let Self::Entries(entries) = self else { return Ok(None) };
        Ok(Key::equal_to(key).find_map(|key| entries.get(&key).cloned()))
    }

    /// One entry, if there is any; fields that are to be worked out show none.
    pub(super) fn first(&self) -> Option<(Value<'a>, Value<'a>)> {
        match self {
            Self::Json(fields) => {
                let (key, value) = fields.iter().next()?;
                Some((Value::borrowed(key), value.into()))
            }
            Self::Entries(entries) => {
                let (key, value) = entries.first_key_value()?;
                Some((key.clone().into(), value.clone()))
            }
            Self::Lazy(_) => None,
        }
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> Vec<Value<'a>> {
        match self {
            Self::Json(fields) => fields.keys().map(|name| Value::borrowed(name)).collect(),
            Self::Entries(entries) => entries.keys().cloned().map(Value::from).collect(),
            Self::Lazy(fields) => fields.names().into_iter().map(Value::String).collect(),
        }
    }
}

impl<'a> Key<'a> {
    /// The key that a value is; `None` where its type cannot be one.
    #[must_use]
    pub fn of(value: Value<'a>) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(Self::Bool(flag)),
            Value::Int(number) => Some(Self::Int(number)),
            Value::Uint(number) => Some(Self::Uint(number)),
            Value::String(text) => Some(Self::String(text)),
            _ => None,
        }
    }

    /// The keys that a value equals, its own type first.
    fn equal_to(value: &Value<'a>) -> impl Iterator<Item = Self> {
        let (own, other) = match value {
            Value::Int(number) => {
                (Some(Self::Int(*number)), u64::try_from(*number).ok().map(Self::Uint))
            }
            Value::Uint(number) => {
                (Some(Self::Uint(*number)), i64::try_from(*number).ok().map(Self::Int))
            }
            Value::Double(double) => {
                (whole(*double).map(Self::Int), unsigned(*double).map(Self::Uint))
            }
            value => (Self::of(value.clone()), None),
        };
        own.into_iter().chain(other)
    }
}

impl<'a> From<Key<'a>> for Value<'a> {
    fn from(key: Key<'a>) -> Self {
        match key {
            Key::Bool(flag) => Self::Bool(flag),
            Key::Int(number) => Self::Int(number),
            Key::Uint(number) => Self::Uint(number),
            Key::String(text) => Self::String(text),
        }
    }
}

/// The signed number that a floating-point number is exactly.
fn whole(double: f64) -> Option<i64> {
    let in_range = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&double);
    (in_range && double.fract() == 0.0).then_some(double as i64)
}

/// The unsigned number that a floating-point number is exactly.
#[expect(clippy::cast_sign_loss, reason = "the range is checked")]
fn unsigned(double: f64) -> Option<u64> {
    let in_range = (0.0..18_446_744_073_709_551_616.0).contains(&double);
    (in_range && double.fract() == 0.0).then_some(double as u64)
}
