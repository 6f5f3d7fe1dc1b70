//! Values of expressions. JSON is borrowed, never converted: an object is read where it lies.

mod equality;
mod list;
mod map;
mod text;
mod time;

use std::any::Any;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

pub use equality::{compare, equal, shortest};
pub use list::List;
pub use map::{Entries, Key, LazyFields, Map};
pub use text::Text;
pub use time::{Duration, Timestamp};

use super::error::EvaluateError;
use super::types::Type;

/// What a function gives back.
pub type Outcome<'a> = Result<Value<'a>, EvaluateError>;

/// A value.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` and `false`
    Bool(bool),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A floating-point number.
    Double(f64),
    /// A text.
    String(Text<'a>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A list.
    List(List<'a>),
    /// A map.
    Map(Map<'a>),
    /// A span of time.
    Duration(Duration),
    /// A moment.
    Timestamp(Timestamp),
    /// A type, which is a value too.
    Type(Type),
    /// A value that may be missing.
    Optional(Option<Rc<Value<'a>>>),
    /// A value of a library: a quantity, an address.
    Opaque(Rc<dyn Opaque>),
}

/// A value that only the functions of its library look into.
pub trait Opaque: fmt::Debug {
    /// The name of its type: `net.IP`.
    fn type_name(&self) -> &'static str;

    /// Whether another value, of any type, is the same.
    fn equals(&self, other: &dyn Opaque) -> bool;

    /// What costs are counted by.
    fn size(&self) -> u64 {
        1
    }

    /// For [`Value::opaque`].
    fn as_any(&self) -> &dyn Any;
}

impl<'a> Value<'a> {
    /// A text that is already there.
    #[must_use]
    pub fn borrowed(text: &'a str) -> Self {
        Self::String(Text::Borrowed(text))
    }

    /// A list of values.
    #[must_use]
    pub fn list(values: Vec<Self>) -> Self {
        Self::List(List::Values(Rc::new(values)))
    }

    /// An optional value that is there.
    #[must_use]
    pub fn some(value: Self) -> Self {
        Self::Optional(Some(Rc::new(value)))
    }

    /// An optional value that is missing.
    #[must_use]
    pub const fn none() -> Self {
        Self::Optional(None)
    }

    /// A value of a library.
    #[must_use]
    pub fn of(opaque: impl Opaque + 'static) -> Self {
        Self::Opaque(Rc::new(opaque))
    }

    /// A text, or no such overload.
    pub fn as_text(&self) -> Result<&str, EvaluateError> {
        match self {
            Self::String(text) => Ok(text),
            _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
        }
    }

    /// A signed number, or no such overload.
    pub fn as_int(&self) -> Result<i64, EvaluateError> {
        match self {
            Self::Int(number) => Ok(*number),
            _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
        }
    }

    /// A list, or no such overload.
    pub fn as_list(&self) -> Result<&List<'a>, EvaluateError> {
        match self {
            Self::List(list) => Ok(list),
            _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
        }
    }

    /// A value of a library, or no such overload.
    pub fn opaque<T: 'static>(&self) -> Result<&T, EvaluateError> {
        let opaque = match self {
            Self::Opaque(opaque) => opaque.as_any().downcast_ref(),
            _ => None,
        };
        opaque.ok_or(EvaluateError::NO_SUCH_OVERLOAD)
    }

    /// What costs are counted by: the size of what has one, or one.
    #[must_use]
    pub fn cost_size(&self) -> u64 {
        match self {
            Self::String(text) => text.chars().count() as u64,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::List(list) => list.len() as u64,
            Self::Map(map) => map.len() as u64,
            Self::Optional(Some(value)) => value.cost_size(),
            Self::Opaque(opaque) => opaque.size(),
            _ => 1,
        }
    }

    /// The type that it has when the expression runs, without parameters that nobody can see.
    #[must_use]
    pub fn type_of(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Uint(_) => Type::Uint,
            Self::Double(_) => Type::Double,
            Self::String(_) => Type::String,
            Self::Bytes(_) => Type::Bytes,
            Self::List(_) => Type::list(Type::Dyn),
            Self::Map(_) => Type::map(Type::Dyn, Type::Dyn),
            Self::Duration(_) => Type::Duration,
            Self::Timestamp(_) => Type::Timestamp,
            Self::Type(_) => Type::Type(Arc::new(Type::Dyn)),
            Self::Optional(_) => Type::optional(Type::Dyn),
            Self::Opaque(opaque) => Type::Opaque(opaque.type_name().into(), Arc::new([])),
        }
    }
}

/// Numbers as Kubernetes reads them: whole ones that fit are `int`, all others `double`.
impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Int(whole),
                (None, Some(double)) => Self::Double(double),
                (None, None) => Self::Null,
            },
            Json::String(text) => Self::borrowed(text),
            Json::Array(items) => Self::List(List::Json(items)),
            Json::Object(fields) => Self::Map(Map::Json(fields)),
        }
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Text::Shared(text.into()))
    }
}

impl From<&str> for Value<'_> {
    fn from(text: &str) -> Self {
        Self::String(Text::Shared(text.into()))
    }
}
