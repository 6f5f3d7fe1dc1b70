//! When values are equal, and which comes first.

use std::cmp::Ordering;

use super::{Map, Value};
use crate::cel::error::EvaluateError;
use crate::cel::types::Type;

/// Whether two values are equal; values of different types are not, but numbers may be.
#[must_use]
pub fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) | (Value::Optional(None), Value::Optional(None)) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Bytes(left), Value::Bytes(right)) => left == right,
        (Value::Duration(left), Value::Duration(right)) => left == right,
        (Value::Timestamp(left), Value::Timestamp(right)) => left == right,
        (Value::Type(left), Value::Type(right)) => left.runtime_name() == right.runtime_name(),
        (Value::Optional(Some(left)), Value::Optional(Some(right))) => equal(left, right),
        (Value::Opaque(left), Value::Opaque(right)) => left.equals(&**right),
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left.iter().zip(right.iter()).all(|(left, right)| equal(&left, &right))
        }
        (Value::Map(left), Value::Map(right)) => maps_equal(left, right),
        (left, right) => numbers(left, right) == Some(Ordering::Equal),
    }
}

fn maps_equal(left: &Map<'_>, right: &Map<'_>) -> bool {
    left.len() == right.len()
        && left.keys().iter().all(|key| match (left.find(key), right.find(key)) {
            (Ok(Some(left)), Ok(Some(right))) => equal(&left, &right),
            _ => false,
        })
}

/// How two numbers compare; `None` where one is not a number.
fn numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Uint(left), Value::Uint(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Uint(right)) => Some(i128::from(*left).cmp(&(*right).into())),
        (Value::Uint(left), Value::Int(right)) => Some(i128::from(*left).cmp(&(*right).into())),
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Double(left), Value::Int(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Int(left), Value::Double(right)) => (*left as f64).partial_cmp(right),
        (Value::Double(left), Value::Uint(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Uint(left), Value::Double(right)) => (*left as f64).partial_cmp(right),
        _ => None,
    }
}

/// Which of two values comes first, where their types have an order.
pub fn compare(left: &Value<'_>, right: &Value<'_>) -> Result<Ordering, EvaluateError> {
    let is_number =
        |value: &Value<'_>| matches!(value, Value::Int(_) | Value::Uint(_) | Value::Double(_));
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Ok(left.cmp(right)),
        (Value::String(left), Value::String(right)) => Ok(left.cmp(right)),
        (Value::Bytes(left), Value::Bytes(right)) => Ok(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Ok(left.cmp(right)),
        (Value::Timestamp(left), Value::Timestamp(right)) => Ok(left.cmp(right)),
        (left, right) if is_number(left) && is_number(right) => {
            numbers(left, right).ok_or(EvaluateError::text("NaN values cannot be ordered"))
        }
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

impl Value<'_> {
    /// Whether it may stand where a signature wants that type.
    #[must_use]
    pub fn fits(&self, wanted: &Type) -> bool {
        match (wanted, self) {
            (Type::Dyn | Type::Parameter(_), _)
            | (Type::Null, Value::Null)
            | (Type::Bool, Value::Bool(_))
            | (Type::Int, Value::Int(_))
            | (Type::Uint, Value::Uint(_))
            | (Type::Double, Value::Double(_))
            | (Type::String, Value::String(_))
            | (Type::Bytes, Value::Bytes(_))
            | (Type::Duration, Value::Duration(_))
            | (Type::Timestamp, Value::Timestamp(_))
            | (Type::Type(_), Value::Type(_)) => true,
            // As in Kubernetes, one item speaks for all.
            (Type::List(item), Value::List(list)) => {
                list.get(0).is_none_or(|first| first.fits(item))
            }
            (Type::Map(key, value), Value::Map(map)) => match map.first() {
                Some((first, found)) => first.fits(key) && found.fits(value),
                None => true,
            },
            (Type::Opaque(name, _), Value::Opaque(opaque)) => **name == *opaque.type_name(),
            (of @ Type::Opaque(..), Value::Optional(_)) => of.unwrap_optional().is_some(),
            _ => false,
        }
    }
}

/// The shortest text of a floating-point number, as Go's `%g` writes it.
#[must_use]
pub fn shortest(number: f64) -> String {
    if !number.is_finite() {
        let sign = if number > 0.0 { "+" } else { "-" };
        return if number.is_nan() { "NaN".to_owned() } else { format!("{sign}Inf") };
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{number}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}
