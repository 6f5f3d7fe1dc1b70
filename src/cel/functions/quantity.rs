//! Quantities of resources: `500m`, `2Gi`, `1e3`.

use std::cmp::Ordering;

use super::{Overload, opaque};
use crate::cel::cost::Cost;
use crate::cel::error::EvaluateError;
use crate::cel::value::{Outcome, Value};

/// A quantity. Kubernetes keeps small ones as a number and a power of ten, and only those can be
/// whole numbers for it.
#[derive(Clone, Copy, Debug)]
enum Quantity {
    Small {
        value: i64,
        scale: i32,
    },
    /// In billionths.
    Large(i128),
}

opaque!(Quantity, "kubernetes.Quantity");

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos() == other.nanos()
    }
}

const READ: Cost = Cost::Reading(1);

pub(super) const OVERLOADS: &[Overload] = &[
    Overload::global("quantity", "string_to_quantity", "string -> kubernetes.Quantity", quantity)
        .cost(READ),
    Overload::global("isQuantity", "is_quantity_string", "string -> bool", is_quantity).cost(READ),
    Overload::global("sign", "quantity_sign", "kubernetes.Quantity -> int", |arguments| {
        Ok((only(arguments)?.nanos().signum() as i64).into())
    }),
    Overload::member("isGreaterThan", "quantity_is_greater_than", COMPARE, |arguments| {
        Ok(order(arguments)?.is_gt().into())
    }),
    Overload::member("isLessThan", "quantity_is_less_than", COMPARE, |arguments| {
        Ok(order(arguments)?.is_lt().into())
    }),
    Overload::member(
        "compareTo",
        "quantity_compare_to",
        "kubernetes.Quantity, kubernetes.Quantity -> int",
        |arguments| Ok((order(arguments)? as i64).into()),
    ),
    Overload::member(
        "asApproximateFloat",
        "quantity_get_float",
        "kubernetes.Quantity -> double",
        |arguments| Ok(Value::Double(only(arguments)?.approximate())),
    ),
    Overload::member("asInteger", "quantity_get_int", "kubernetes.Quantity -> int", |arguments| {
        let whole = only(arguments)?.whole().map(Value::Int);
        whole.ok_or(EvaluateError::text("cannot convert value to integer"))
    }),
    Overload::member(
        "isInteger",
        "quantity_is_integer",
        "kubernetes.Quantity -> bool",
        |arguments| Ok(only(arguments)?.whole().is_some().into()),
    ),
    Overload::member("add", "quantity_add", SUM, |arguments| sum(arguments, 1)),
    Overload::member("add", "quantity_add_int", SUM_INT, |arguments| sum(arguments, 1)),
    Overload::member("sub", "quantity_sub", SUM, |arguments| sum(arguments, -1)),
    Overload::member("sub", "quantity_sub_int", SUM_INT, |arguments| sum(arguments, -1)),
];

const COMPARE: &str = "kubernetes.Quantity, kubernetes.Quantity -> bool";
const SUM: &str = "kubernetes.Quantity, kubernetes.Quantity -> kubernetes.Quantity";
const SUM_INT: &str = "kubernetes.Quantity, int -> kubernetes.Quantity";

fn only<'v>(arguments: &'v [Value<'_>]) -> Result<&'v Quantity, EvaluateError> {
    match arguments {
        [only] => only.opaque(),
        _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
    }
}

fn order(arguments: &[Value<'_>]) -> Result<Ordering, EvaluateError> {
    let [left, right] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(left.opaque::<Quantity>()?.nanos().cmp(&right.opaque::<Quantity>()?.nanos()))
}

fn sum<'a>(arguments: &[Value<'a>], sign: i64) -> Outcome<'a> {
    let [left, right] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    let right = match right {
        Value::Int(number) => Quantity::Small { value: *number, scale: 0 },
        other => *other.opaque::<Quantity>()?,
    };
    Ok(Value::of(left.opaque::<Quantity>()?.plus(right, sign)))
}

fn quantity<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    parse(text.as_text()?).map(Value::of).map_err(EvaluateError::text)
}

fn is_quantity<'a>(arguments: &[Value<'a>]) -> Outcome<'a> {
    let [text] = arguments else { return Err(EvaluateError::NO_SUCH_OVERLOAD) };
    Ok(parse(text.as_text()?).is_ok().into())
}

impl Quantity {
    /// Billionths, or the largest number of them.
    fn nanos(self) -> i128 {
        match self {
            Self::Small { value, scale } => scaled(value.into(), scale.saturating_add(9)),
            Self::Large(nanos) => nanos,
        }
    }

    fn whole(self) -> Option<i64> {
        match self {
            Self::Small { value: 0, scale: 0.. } => Some(0),
            Self::Small { value, scale: scale @ 0.. } => {
                value.checked_mul(10_i64.checked_pow(scale.try_into().ok()?)?)
            }
            _ => None,
        }
    }

    fn approximate(self) -> f64 {
        match self {
            Self::Small { value, scale: 0 } => value as f64,
            Self::Small { value, scale } => value as f64 * 10_f64.powi(scale),
            Self::Large(nanos) => nanos as f64 * 10_f64.powi(-9),
        }
    }

    fn plus(self, other: Self, sign: i64) -> Self {
        if let (Self::Small { value, scale }, Self::Small { value: more, scale: its_scale }) =
            (self, other)
            && let Some(more) = more.checked_mul(sign)
        {
            let small = match (value, more) {
                (value, 0) => Some((value, scale)),
                (0, more) => Some((more, its_scale)),
                (value, more) => {
                    let finest = scale.min(its_scale);
                    let fine = |value: i64, scale: i32| {
                        let factor =
                            10_i64.checked_pow(scale.saturating_sub(finest).unsigned_abs())?;
                        value.checked_mul(factor)
                    };
                    let sum = fine(value, scale).zip(fine(more, its_scale));
                    let sum = sum.and_then(|(value, more)| value.checked_add(more));
                    sum.map(|value| (value, finest))
                }
            };
            if let Some((value, scale)) = small {
                return Self::Small { value, scale };
            }
        }
        let more = other.nanos().saturating_mul(sign.into());
        Self::Large(self.nanos().saturating_add(more))
    }
}

fn scaled(value: i128, exponent: i32) -> i128 {
    match u32::try_from(exponent) {
        _ if value == 0 => 0,
        Ok(exponent) => {
            let factor = 10_i128.checked_pow(exponent);
            let most = if value < 0 { i128::MIN } else { i128::MAX };
            factor.and_then(|factor| value.checked_mul(factor)).unwrap_or(most)
        }
        // What is not nothing is at least the smallest step, and rounds away from zero.
        Err(_) => {
            let divisor = 10_i128.checked_pow(exponent.unsigned_abs());
            let rest = divisor.map_or((0, value), |divisor| (value / divisor, value % divisor));
            if rest.1 == 0 { rest.0 } else { rest.0 + value.signum() }
        }
    }
}

const FORMAT: &str = "quantities must match the regular expression \
                      '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX: &str = "unable to parse quantity's suffix";

/// What a suffix stands for.
enum Unit {
    Ten(i32),
    Two(u32),
}

fn unit(suffix: &str) -> Option<Unit> {
    const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some(index) = DECIMAL.iter().position(|known| *known == suffix) {
        return Some(Unit::Ten(i32::try_from(index).ok()? * 3 - 9));
    }
    if let Some(index) = BINARY.iter().position(|known| *known == suffix) {
        return Some(Unit::Two((u32::try_from(index).ok()? + 1) * 10));
    }
    let exponent = suffix.strip_prefix(['e', 'E']).filter(|digits| !digits.is_empty())?;
    exponent.parse().ok().map(Unit::Ten)
}

fn parse(text: &str) -> Result<Quantity, &'static str> {
    if text.is_empty() {
        return Err(FORMAT);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let stripped = unsigned.trim_start_matches('0');
    let (whole, rest) = stripped.split_at(digits(stripped));
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    let letters = suffix.trim_start_matches(|next| "eEinumkKMGTP".contains(next));
    let exponent = letters.strip_prefix(['-', '+']).unwrap_or(letters);
    if digits(exponent) != exponent.len() {
        return Err(FORMAT);
    }
    let unit = unit(suffix).ok_or(SUFFIX)?;
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if text.starts_with('-') { -1 } else { 1 };
    Ok(small(whole, fraction, &unit, sign).unwrap_or_else(|| large(whole, fraction, &unit, sign)))
}

/// As Kubernetes decides which quantities are small.
fn small(whole: &str, fraction: &str, unit: &Unit, sign: i64) -> Option<Quantity> {
    let length = i32::try_from(whole.len() + fraction.len()).ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let (precision, factor, scale) = match unit {
        Unit::Ten(exponent) => (18 - length, 1, exponent.checked_sub(places)?),
        Unit::Two(exponent) if fraction.is_empty() => {
            let room = 14 - length - i32::try_from(exponent * 3 / 10).ok()?;
            (room, 1_i64.checked_shl(*exponent)?, 0)
        }
        Unit::Two(_) => return None,
    };
    let value = format!("{whole}{fraction}").parse::<i64>().ok()?.checked_mul(factor)?;
    (precision >= 0 && scale >= -9).then_some(Quantity::Small { value: value * sign, scale })
}

fn large(whole: &str, fraction: &str, unit: &Unit, sign: i64) -> Quantity {
    let number = format!("{whole}{fraction}");
    let number: i128 = number.parse().unwrap_or(i128::MAX);
    let places = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
    let nanos = match unit {
        Unit::Ten(exponent) => scaled(number, exponent.saturating_sub(places).saturating_add(9)),
        Unit::Two(exponent) => {
            let number = number.saturating_mul(1_i128.checked_shl(*exponent).unwrap_or(i128::MAX));
            scaled(number, 9_i32.saturating_sub(places)).min(i128::from(i64::MAX) * 1_000_000_000)
        }
    };
    Quantity::Large(nanos.saturating_mul(sign.into()))
}
