//! Lists, maps and scalars that read as the API server's own decoder reads them: `null` is absent.

use std::{fmt, ops::Deref};

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, de};

/// A list; `null` is the empty one (Go writes a nil slice so, for example in a `ClusterRole`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> std::ops::DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<'list, T> IntoIterator for &'list List<T> {
    type Item = &'list T;
    type IntoIter = std::slice::Iter<'list, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default()))
    }
}

/// Labels or annotations, sorted by key, each key once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Labels(Box<[(CompactString, CompactString)]>);

impl Labels {
    /// The value of a key.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        let index = self.0.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
        Some(&self.0[index].1)
    }

    /// Key and value of each entry, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The entries, sorted by key.
    #[must_use]
    pub fn entries(&self) -> &[(CompactString, CompactString)] {
        &self.0
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the value of a key.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        let known = self.iter().filter(|(other, _)| *other != key);
        *self = known.chain([(key, value)]).collect();
    }

    /// Of a key that is there twice, the last value counts.
    fn of(mut entries: Vec<(CompactString, CompactString)>) -> Self {
        if !entries.is_sorted_by(|(key, _), (next, _)| key < next) {
            entries.reverse();
            entries.sort_by(|(key, _), (other, _)| key.cmp(other));
            entries.dedup_by(|(key, _), (kept, _)| key == kept);
        }
        Self(entries.into())
    }
}

impl<'text> FromIterator<(&'text str, &'text str)> for Labels {
    fn from_iter<I: IntoIterator<Item = (&'text str, &'text str)>>(entries: I) -> Self {
        Self::of(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// Holds the manifest that `kubectl apply` sent. It is large; only its `apiVersion` is kept, for it
/// tells in which version people still write the object.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The `apiVersion` of a manifest; empty where it says none.
fn version_of(manifest: Option<String>) -> CompactString {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Head {
        api_version: CompactString,
    }
    let head = manifest.and_then(|manifest| serde_json::from_str::<Head>(&manifest).ok());
    head.unwrap_or_default().api_version
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> de::Visitor<'de> for Entries {
            type Value = Labels;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map of strings")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Labels, E> {
                Ok(Labels::default())
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Labels, A::Error> {
                let mut labels = Vec::new();
                while let Some(key) = map.next_key::<CompactString>()? {
                    let value = if key == LAST_APPLIED {
                        version_of(map.next_value()?)
                    } else {
                        map.next_value::<Option<CompactString>>()?.unwrap_or_default()
                    };
                    labels.push((key, value));
                }
                Ok(Labels::of(labels))
            }
        }

        deserializer.deserialize_any(Entries)
    }
}

/// A number or a name, for example of a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IntOrString {
    /// A number.
    Int(i64),
    /// A name, or a percentage.
    String(CompactString),
}

impl IntOrString {
    /// The number, when it is one.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::String(_) => None,
        }
    }

    /// The number that a count or a percentage of `total` stands for, rounded up as the disruption
    /// controller does; `None` when the text is neither.
    #[must_use]
    pub fn scaled_up(&self, total: i64) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::String(text) => {
                let percent: i64 = text.strip_suffix('%')?.parse().ok()?;
                Some(percent.checked_mul(total)?.checked_add(99)? / 100)
            }
        }
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(formatter, "{number}"),
            Self::String(text) => formatter.write_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl de::Visitor<'_> for Either {
            type Value = IntOrString;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number or a string")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<IntOrString, E> {
                Ok(IntOrString::Int(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<IntOrString, E> {
                i64::try_from(number).map(IntOrString::Int).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<IntOrString, E> {
                Ok(IntOrString::String(text.into()))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_the_empty_list_and_the_empty_map() {
        assert!(serde_json::from_str::<List<u8>>("null").unwrap().is_empty());
        assert!(serde_json::from_str::<Labels>("null").unwrap().is_empty());
    }

    #[test]
    fn labels_are_sorted_and_the_last_value_of_a_key_counts() {
        let labels: Labels =
            serde_json::from_str(r#"{"b": "1", "a": "2", "b": "3", "c": null}"#).unwrap();
        assert_eq!(labels.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3"), ("c", "")]);
        assert_eq!((labels.value("b"), labels.value("d")), (Some("3"), None));
    }

    #[test]
    fn of_the_last_applied_manifest_only_the_version_is_kept() {
        for (manifest, version) in [
            (r#"{"apiVersion": "apps/v1beta1", "kind": "Deployment"}"#, "apps/v1beta1"),
            ("{}", ""),
            ("hunter2", ""),
        ] {
            let manifest = serde_json::to_string(manifest).unwrap();
            let text = format!(r#"{{"{LAST_APPLIED}": {manifest}, "team": "shop"}}"#);
            let labels: Labels = serde_json::from_str(&text).unwrap();
            assert_eq!(labels, Labels::from_iter([(LAST_APPLIED, version), ("team", "shop")]));
        }
    }

    #[test]
    fn percentages_round_up() {
        assert_eq!(IntOrString::String("50%".into()).scaled_up(3), Some(2));
        assert_eq!(IntOrString::Int(1).scaled_up(3), Some(1));
        assert_eq!(IntOrString::String("many".into()).scaled_up(3), None);
    }
}
