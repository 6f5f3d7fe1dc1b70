//! Resource quantities: `500m`, `2Gi`, `1e3`.

use std::fmt;

use compact_str::{CompactString, ToCompactString};
use serde::{Deserialize, Deserializer, de};

/// A quantity as it is written; its value is computed when it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quantity(CompactString);

impl Quantity {
    /// The value in thousandths; `None` when the text is not a quantity.
    #[must_use]
    pub fn millis(&self) -> Option<i128> {
        parse_millis(&self.0)
    }

    /// Whether it is a quantity of zero, or the empty text; another unreadable text is not.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_empty() || self.millis() == Some(0)
    }
}

impl From<&str> for Quantity {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Splits number and suffix, as `resource.ParseQuantity` of apimachinery does; fractions below a
/// thousandth round up, away from zero.
fn parse_millis(text: &str) -> Option<i128> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (multiplier, divisor) = factor(suffix)?;
    let negative = number.starts_with('-');
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || fraction.len() > 18 || !plain(whole) || !plain(fraction)
    {
        return None;
    }
    let joined: i128 = format!("{whole}{fraction}").parse().ok()?;
    let numerator = joined.checked_mul(multiplier)?.checked_mul(1000)?;
    let denominator = divisor.checked_mul(10_i128.checked_pow(fraction.len() as u32)?)?;
    let millis = numerator.checked_add(denominator - 1)? / denominator;
    Some(if negative { -millis } else { millis })
}

/// Multiplier and divisor of a suffix.
fn factor(suffix: &str) -> Option<(i128, i128)> {
    if let Some(exponent) = suffix.strip_prefix(['e', 'E']).filter(|rest| !rest.is_empty()) {
        let exponent: i32 = exponent.parse().ok()?;
        let power =
            10_i128.checked_pow(exponent.unsigned_abs()).filter(|_| exponent.abs() <= 18)?;
        return Some(if exponent < 0 { (1, power) } else { (power, 1) });
    }
    let thousand_to = |power: u32| 1000_i128.pow(power);
    let kibi_to = |power: u32| 1024_i128.pow(power);
    Some(match suffix {
        "" => (1, 1),
        "n" => (1, thousand_to(3)),
        "u" => (1, thousand_to(2)),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (thousand_to(2), 1),
        "G" => (thousand_to(3), 1),
        "T" => (thousand_to(4), 1),
        "P" => (thousand_to(5), 1),
        "E" => (thousand_to(6), 1),
        "Ki" => (1024, 1),
        "Mi" => (kibi_to(2), 1),
        "Gi" => (kibi_to(3), 1),
        "Ti" => (kibi_to(4), 1),
        "Pi" => (kibi_to(5), 1),
        "Ei" => (kibi_to(6), 1),
        _ => return None,
    })
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Quantity;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a quantity such as 500m or 2Gi")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Quantity, E> {
                Ok(Quantity(text.into()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Quantity, E> {
                Ok(Quantity(number.to_compact_string()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Quantity, E> {
                Ok(Quantity(number.to_compact_string()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Quantity, E> {
                Ok(Quantity(number.to_compact_string()))
            }
        }

        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_apimachinery() {
        for (text, millis) in [
            ("0", Some(0)),
            ("500m", Some(500)),
            ("1.5", Some(1500)),
            (".5", Some(500)),
            ("2Gi", Some(2 * 1024 * 1024 * 1024 * 1000)),
            ("1e3", Some(1_000_000)),
            ("1E3", Some(1_000_000)),
            ("1E", Some(1_000_000_000_000_000_000_000)),
            ("1n", Some(1)),
            ("-1", Some(-1000)),
            ("", None),
            ("Gi", None),
            ("1Kb", None),
            ("1..2", None),
            ("--1", None),
            ("1e999999999", None),
            ("99999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(Quantity::from(text).millis(), millis, "{text}");
        }
    }

    #[test]
    fn numbers_are_quantities_too() {
        let quantity: Quantity = serde_json::from_str("2").unwrap();
        assert_eq!(quantity.millis(), Some(2000));
    }
}
