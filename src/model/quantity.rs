//! Resource quantities: `500m`, `2Gi`, `1e3`.

use std::fmt;

use compact_str::{CompactString, ToCompactString, format_compact};
use serde::{Deserialize, Deserializer, de};

/// A quantity in its canonical form, as the API server writes it; another text stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quantity(CompactString);

impl Quantity {
    /// The value in thousandths; `None` when the text is not a quantity.
    #[must_use]
    pub fn millis(&self) -> Option<i128> {
        parse(&self.0).map(|(millis, _)| millis)
    }

    /// The sum, in this form; what is unreadable adds nothing.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let sum = match (parse(&self.0), parse(&other.0)) {
            (Some((0, _)), Some(_)) => return other.clone(),
            (Some((own, form)), Some((other, _))) => {
                own.checked_add(other).and_then(|sum| canonical(sum, form))
            }
            _ => None,
        };
        sum.map_or_else(|| self.clone(), Self)
    }

    /// Whether it is a quantity of zero, or the empty text; another unreadable text is not.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_empty() || self.millis() == Some(0)
    }
}

impl From<&str> for Quantity {
    fn from(text: &str) -> Self {
        let canonical = parse(text).and_then(|(millis, form)| canonical(millis, form));
        Self(canonical.unwrap_or_else(|| text.into()))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How a quantity is written, which its canonical form keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `1500m`
    Decimal,
    /// `1536Ki`
    Binary,
    /// `15e2`
    Exponent,
}

/// Suffixes and the powers of ten that they stand for.
const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];
/// Suffixes and the powers of 1024 that they stand for.
const BINARY: [(&str, i32); 7] =
    [("", 0), ("Ki", 1), ("Mi", 2), ("Gi", 3), ("Ti", 4), ("Pi", 5), ("Ei", 6)];

/// The value in thousandths and the form, as `resource.ParseQuantity` of apimachinery reads them;
/// fractions below a thousandth round up, away from zero, as in every list of resources.
fn parse(text: &str) -> Option<(i128, Form)> {
    let text = text.trim_matches(' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_other = |c: char| !c.is_ascii_digit() && c != '.';
    let (number, suffix) = unsigned.split_at(unsigned.find(is_other).unwrap_or(unsigned.len()));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // Without digits it is zero; not where the server computes with larger numbers.
    let is_bare = matches!(number, "" | ".") && matches!(suffix, "Pi" | "Ei");
    if text.is_empty() || is_bare || fraction.contains('.') {
        return None;
    }
    let digits = whole.bytes().chain(fraction.bytes()).try_fold(0_i128, |number, digit| {
        number.checked_mul(10)?.checked_add(i128::from(digit - b'0'))
    })?;
    let (multiplier, divisor, form) = factor(suffix)?;
    let places = u32::try_from(fraction.len()).ok()?;
    let denominator = 10_i128.checked_pow(places)?.checked_mul(divisor)?;
    let numerator = digits.checked_mul(multiplier).and_then(|number| number.checked_mul(1000));
    let millis =
        numerator.and_then(|number| Some(number.checked_add(denominator - 1)? / denominator));
    let most = i128::from(i64::MAX) * 1000;
    let millis = match form {
        Form::Binary => millis.map_or(most, |millis| millis.min(most)),
        Form::Decimal | Form::Exponent => millis?,
    };
    Some((if text.starts_with('-') { -millis } else { millis }, form))
}

/// Multiplier and divisor of a suffix.
fn factor(suffix: &str) -> Option<(i128, i128, Form)> {
    let power_in = |known: &[(&str, i32)]| {
        known.iter().find(|(known, _)| *known == suffix).map(|(_, power)| *power)
    };
    let (exponent, form) = if let Some(exponent) = power_in(&DECIMAL) {
        (exponent, Form::Decimal)
    } else if let Some(power) = power_in(&BINARY) {
        return Some((1024_i128.pow(power.unsigned_abs()), 1, Form::Binary));
    } else {
        (suffix.strip_prefix(['e', 'E'])?.parse().ok()?, Form::Exponent)
    };
    let power = 10_i128.checked_pow(i32::unsigned_abs(exponent))?;
    Some(if exponent < 0 { (1, power, form) } else { (power, 1, form) })
}

/// The shortest whole number with a suffix of the form. Beyond the suffixes there is none.
fn canonical(millis: i128, form: Form) -> Option<CompactString> {
    if millis == 0 {
        return Some("0".into());
    }
    let suffix = |known: &[(&'static str, i32)], power: i32| {
        known.iter().find(|(_, known)| *known == power).map(|(suffix, _)| *suffix)
    };
    if form == Form::Binary && millis.abs() >= 1_024_000 && millis % 1000 == 0 {
        let (number, power) = without_factors(millis / 1000, 1024);
        return Some(format_compact!("{number}{}", suffix(&BINARY, power)?));
    }
    let (number, power) = without_factors(millis, 10);
    let surplus = power % 3;
    let number = number * 10_i128.pow(surplus.unsigned_abs());
    let exponent = power - surplus - 3;
    Some(match form {
        Form::Exponent if exponent != 0 => format_compact!("{number}e{exponent}"),
        _ => format_compact!("{number}{}", suffix(&DECIMAL, exponent)?),
    })
}

/// Divides as often as nothing remains, and counts.
fn without_factors(mut number: i128, factor: i128) -> (i128, i32) {
    let mut times = 0;
    while number != 0 && number % factor == 0 {
        number /= factor;
        times += 1;
    }
    (number, times)
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
                Ok(text.into())
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Quantity, E> {
                Ok(number.to_compact_string().as_str().into())
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Quantity, E> {
                Ok(number.to_compact_string().as_str().into())
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Quantity, E> {
                Ok(number.to_compact_string().as_str().into())
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
            ("Gi", Some(0)),
            ("Ei", None),
            (" 1 ", Some(1000)),
            ("\t1", None),
            ("1e-30", Some(1)),
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
    fn the_text_is_canonical() {
        for (text, canonical) in [
            ("0.5", "500m"),
            ("1000m", "1"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("0.5Gi", "512Mi"),
            ("0.5Ki", "512"),
            ("1.0005Ki", "1024512m"),
            ("+2", "2"),
            ("-1500m", "-1500m"),
            ("10k", "10k"),
            ("1.5e4", "15e3"),
            ("100u", "1m"),
            ("0Gi", "0"),
            ("16Ei", "9223372036854775807"),
            ("many", "many"),
        ] {
            assert_eq!(Quantity::from(text).to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn numbers_are_quantities_too() {
        let quantity: Quantity = serde_json::from_str("2").unwrap();
        assert_eq!(quantity.millis(), Some(2000));
    }
}
