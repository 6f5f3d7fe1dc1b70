//! What an expression does, in the form in which it runs.

use std::sync::Arc;

use serde_json::Value as Json;

use super::error::EvaluateError;
use super::parser::ast::{Literal, Logic, Mode, What};
use super::registry::Declared;
use super::types::Type;
use super::value::{Duration, Timestamp, Value};

/// A step of a program.
#[derive(Debug)]
pub(super) enum Node {
    Constant(Constant),
    /// A variable of the environment.
    Variable(String),
    /// A variable of a macro, by its place among those that are in sight.
    Local(usize),
    Select(Box<Node>, String, Mode),
    /// A list or a map, an index or a key, and whether it may be missing.
    Index(Box<[Node; 2]>, bool),
    Call(Call),
    Logic(Logic, Vec<Node>),
    Conditional(Box<[Node; 3]>),
    /// Whether both are equal, or whether they are not.
    Equal(Box<[Node; 2]>, bool),
    /// `or` and, when true, `orValue`.
    OrElse(Box<[Node; 2]>, bool),
    List(Vec<(Node, bool)>),
    Map(Vec<(Node, Node, bool)>),
    Fold(Box<Fold>),
    OptionalMap(Box<OptionalMap>),
    /// A list, what its items are sorted by, and the function that sorts.
    SortBy(Box<Fold>, Call),
}

/// A call and the overloads that its arguments may fit.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) candidates: Vec<Arc<Declared>>,
    pub(super) arguments: Vec<Node>,
}

#[derive(Debug)]
pub(super) struct Fold {
    pub(super) what: What,
    pub(super) range: Node,
    /// Where its variables lie; with two, the second lies next to the first.
    pub(super) local: usize,
    pub(super) has_two: bool,
    pub(super) filter: Option<Node>,
    pub(super) body: Node,
}

#[derive(Debug)]
pub(super) struct OptionalMap {
    pub(super) target: Node,
    pub(super) body: Node,
    pub(super) is_flat: bool,
}

/// A value that is known before the program runs.
#[derive(Clone, Debug)]
pub(super) enum Constant {
    /// Whatever JSON can say: texts and whole lists are borrowed from here.
    Json(Json),
    Uint(u64),
    Double(f64),
    Bytes(Vec<u8>),
    Duration(Duration),
    Timestamp(Timestamp),
    Type(Type),
}

impl Constant {
    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Json(json) => Value::from(json),
            Self::Uint(number) => Value::Uint(*number),
            Self::Double(number) => Value::Double(*number),
            Self::Bytes(bytes) => Value::Bytes(bytes.as_slice().into()),
            Self::Duration(span) => Value::Duration(*span),
            Self::Timestamp(moment) => Value::Timestamp(*moment),
            Self::Type(of) => Value::Type(of.clone()),
        }
    }

    /// The constant that a value is, where it can be kept.
    fn of(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Json(Json::Null),
            Value::Bool(flag) => Self::Json((*flag).into()),
            Value::Int(number) => Self::Json((*number).into()),
            Value::String(text) => Self::Json((**text).into()),
            Value::Uint(number) => Self::Uint(*number),
            Value::Double(number) => Self::Double(*number),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
            Value::Duration(span) => Self::Duration(*span),
            Value::Timestamp(moment) => Self::Timestamp(*moment),
            Value::Type(of) => Self::Type(of.clone()),
            _ => return None,
        })
    }
}

impl From<Literal> for Constant {
    fn from(literal: Literal) -> Self {
        match literal {
            Literal::Null => Self::Json(Json::Null),
            Literal::Bool(flag) => Self::Json(flag.into()),
            Literal::Int(number) => Self::Json(number.into()),
            Literal::String(text) => Self::Json(text.into()),
            Literal::Uint(number) => Self::Uint(number),
            Literal::Double(number) => Self::Double(number),
            Literal::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

impl Node {
    pub(super) fn json(&self) -> Option<&Json> {
        match self {
            Self::Constant(Constant::Json(json)) => Some(json),
            _ => None,
        }
    }

    /// A list of constants is a constant, where JSON can say it.
    pub(super) fn list(items: Vec<(Self, bool)>) -> Self {
        let constants = items.iter().map(|(item, is_optional)| match is_optional {
            true => None,
            false => item.json().cloned(),
        });
        match constants.collect::<Option<Vec<_>>>() {
            Some(constants) => Self::Constant(Constant::Json(constants.into())),
            None => Self::List(items),
        }
    }

    /// A map of constants is a constant, where JSON can say it.
    pub(super) fn map(entries: Vec<(Self, Self, bool)>) -> Self {
        let constants = entries.iter().map(|(key, value, is_optional)| match is_optional {
            true => None,
            false => Some((key.json()?.as_str()?.to_owned(), value.json()?.clone())),
        });
        match constants.collect::<Option<serde_json::Map<_, _>>>() {
            Some(constants) => Self::Constant(Constant::Json(constants.into())),
            None => Self::Map(entries),
        }
    }

    /// A call; a conversion of a constant is a constant, or fails at once.
    pub(super) fn call(call: Call) -> Result<Self, EvaluateError> {
        const CONVERSIONS: [&str; 11] = [
            "bool",
            "bytes",
            "double",
            "duration",
            "dyn",
            "int",
            "string",
            "timestamp",
            "type",
            "uint",
            "null_type",
        ];
        let ([Self::Constant(constant)], [only]) = (&*call.arguments, &*call.candidates) else {
            return Ok(Self::Call(call));
        };
        if !CONVERSIONS.contains(&only.overload.name) {
            return Ok(Self::Call(call));
        }
        let converted = Constant::of(&only.overload.plain(&[constant.value()])?);
        Ok(converted.map_or(Self::Call(call), Self::Constant))
    }
}

impl Node {
    /// Shows each step to the visitor.
    pub(super) fn visit<'n>(&'n self, visitor: &mut impl FnMut(&'n Self)) {
        visitor(self);
        let mut visit = |node: &'n Self| node.visit(visitor);
        match self {
            Self::Constant(_) | Self::Variable(_) | Self::Local(_) => {}
            Self::Select(operand, ..) => visit(operand),
            Self::Index(both, _) | Self::Equal(both, _) | Self::OrElse(both, _) => {
                both.iter().for_each(visit);
            }
            Self::Call(call) => call.arguments.iter().for_each(visit),
            Self::Logic(_, terms) => terms.iter().for_each(visit),
            Self::Conditional(parts) => parts.iter().for_each(visit),
            Self::List(items) => items.iter().for_each(|(item, _)| visit(item)),
            Self::Map(entries) => entries.iter().for_each(|(key, value, _)| {
                visit(key);
                visit(value);
            }),
            Self::Fold(fold) | Self::SortBy(fold, _) => {
                let parts = [&fold.range, &fold.body].into_iter().chain(&fold.filter);
                parts.for_each(visit);
            }
            Self::OptionalMap(map) => [&map.target, &map.body].into_iter().for_each(visit),
        }
    }
}
