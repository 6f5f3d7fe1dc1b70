//! The UID of an object, in 16 bytes.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

/// Where the dashes of a UUID are.
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// The UID that the API server has given an object: a UUID. Unknown in files, and where it is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uid([u8; 16]);

impl Uid {
    /// Reads a UUID as the API server writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
        let mut digits = [0; 32];
        let mut next = digits.iter_mut();
        for (index, byte) in text.iter().enumerate() {
            match byte {
                b'-' if DASHES.contains(&index) => {}
                b'0'..=b'9' => *next.next()? = byte - b'0',
                b'a'..=b'f' => *next.next()? = byte - b'a' + 10,
                _ => return None,
            }
        }
        Some(Self(std::array::from_fn(|index| digits[2 * index] << 4 | digits[2 * index + 1])))
    }

    /// Whether it is known.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::default()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let dash = if [4, 6, 8, 10].contains(&index) { "-" } else { "" };
            write!(formatter, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl Visitor<'_> for Written {
            type Value = Uid;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a UID")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Uid, E> {
                Ok(Uid::parse(text).unwrap_or_default())
            }

            fn visit_unit<E: de::Error>(self) -> Result<Uid, E> {
                Ok(Uid::default())
            }
        }

        deserializer.deserialize_any(Written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_kept_as_it_is_and_nothing_else_is_taken() {
        let text = "0d8b7e3a-5c1f-4f2e-9a6b-00112233aabb";
        let uid = Uid::parse(text).unwrap();
        assert_eq!(uid.to_string(), text);
        assert!(uid.is_known() && !Uid::default().is_known());
        for other in
            ["", "web", "0D8B7E3A-5C1F-4F2E-9A6B-00112233AABB", &text[1..], &format!("{text}0")]
        {
            assert_eq!(Uid::parse(other), None, "{other}");
        }
    }
}
