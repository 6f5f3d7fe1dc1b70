//! Fields, items and entries, which may be missing.

use super::Machine;
use crate::cel::error::EvaluateError;
use crate::cel::parser::ast::Mode;
use crate::cel::plan::Node;
use crate::cel::value::{List, Outcome, Value, shortest};

type Found<'a> = Result<Option<Value<'a>>, EvaluateError>;

impl<'a> Machine<'a, '_> {
    pub(super) fn select(&mut self, operand: &'a Node, field: &'a str, mode: Mode) -> Outcome<'a> {
        let value = self.operand(operand)?;
        self.spend(u64::from(mode != Mode::Test))?;
        let is_optional = mode != Mode::Plain;
        let found =
            chosen(value, is_optional, |value, is_optional| field_of(value, field, is_optional))?;
        match (found, mode) {
            (Choice::Optional(value), Mode::Test) => Ok(value.is_some().into()),
            (Choice::Optional(value), _) => Ok(value.map_or(Value::none(), Value::some)),
            (Choice::Plain(Some(value)), _) => Ok(value),
            (Choice::Plain(None), _) => Err(no_such_key(field)),
        }
    }

    pub(super) fn index(
        &mut self,
        [operand, index]: &'a [Node; 2],
        is_optional: bool,
    ) -> Outcome<'a> {
        let value = self.operand(operand)?;
        let key = self.run(index)?;
        self.spend(u64::from(!is_attribute(index)))?;
        let found =
            chosen(value, is_optional, |value, is_optional| item_of(value, &key, is_optional))?;
        match found {
            Choice::Optional(value) => Ok(value.map_or(Value::none(), Value::some)),
            Choice::Plain(Some(value)) => Ok(value),
            Choice::Plain(None) => Err(no_such_key(&written(&key))),
        }
    }

    /// What something is selected from; it costs one more where it is worked out first.
    fn operand(&mut self, operand: &'a Node) -> Outcome<'a> {
        let value = self.run(operand)?;
        self.spend(u64::from(!is_attribute(operand)))?;
        Ok(value)
    }
}

enum Choice<'a> {
    Optional(Option<Value<'a>>),
    Plain(Option<Value<'a>>),
}

/// What is selected from a missing value is missing, too.
fn chosen<'a>(
    value: Value<'a>,
    is_optional: bool,
    select: impl Fn(&Value<'a>, bool) -> Found<'a>,
) -> Result<Choice<'a>, EvaluateError> {
    match value {
        Value::Optional(None) => Ok(Choice::Optional(None)),
        Value::Optional(Some(value)) => Ok(Choice::Optional(select(&value, true)?)),
        value if is_optional => Ok(Choice::Optional(select(&value, true)?)),
        value => Ok(Choice::Plain(select(&value, false)?)),
    }
}

pub(super) fn is_attribute(node: &Node) -> bool {
    matches!(
        node,
        Node::Variable(_)
            | Node::Local(_)
            | Node::Select(..)
            | Node::Index(..)
            | Node::Conditional(_)
    )
}

fn no_such_key(key: &str) -> EvaluateError {
    EvaluateError::failed(format!("no such key: {key}"))
}

fn field_of<'a>(value: &Value<'a>, field: &str, _: bool) -> Found<'a> {
    match value {
        Value::Map(map) => map.field(field),
        Value::List(_) => Err(EvaluateError::text("unsupported index type 'string' in list")),
        _ => Ok(None),
    }
}

fn item_of<'a>(value: &Value<'a>, key: &Value<'a>, is_optional: bool) -> Found<'a> {
    match value {
        Value::Map(map) => map.find(key),
        Value::List(list) => {
            let found = position(list, key)?.and_then(|index| list.get(index));
            if found.is_none() && !is_optional {
                let text = format!("index out of bounds: {}", written(key));
                return Err(EvaluateError::failed(text));
            }
            Ok(found)
        }
        _ => Ok(None),
    }
}

/// The index that a key means; `None` out of bounds.
fn position(list: &List<'_>, key: &Value<'_>) -> Result<Option<usize>, EvaluateError> {
    let index = match key {
        Value::Int(index) => usize::try_from(*index).ok(),
        Value::Uint(index) => usize::try_from(*index).ok(),
        Value::Double(index) if index.fract() == 0.0 && index.abs() < 9e15 => {
            usize::try_from(*index as i64).ok()
        }
        Value::Double(index) => {
            let text = format!("unsupported index value {} in list", shortest(*index));
            return Err(EvaluateError::failed(text));
        }
        other => {
            let name = other.type_of().runtime_name();
            let text = format!("unsupported index type '{name}' in list");
            return Err(EvaluateError::failed(text));
        }
    };
    Ok(index.filter(|index| *index < list.len()))
}

/// How an error writes a key.
pub(super) fn written(key: &Value<'_>) -> String {
    match key {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => shortest(*number),
        Value::String(text) => text.to_string(),
        other => other.type_of().runtime_name(),
    }
}
