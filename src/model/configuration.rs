//! `ConfigMaps` and Secrets.

use std::collections::BTreeMap;

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::{List, mirror::mirror};

mirror! {
    /// What is read of a `ConfigMap`. The values are judged, never shown and never kept.
    pub struct ConfigMap {
        pub data: Option<BTreeMap<CompactString, CompactString>>,
        /// The keys of `binaryData`.
        #[serde(deserialize_with = "keys")]
        pub binary_data: List<CompactString>,
    }

    /// What is read of a Secret: its type, and the keys of its values.
    pub struct Secret {
        #[serde(rename = "type")]
        pub kind: CompactString,
        #[serde(deserialize_with = "keys")]
        pub data: List<CompactString>,
        #[serde(deserialize_with = "keys")]
        pub string_data: List<CompactString>,
    }
}

impl ConfigMap {
    /// The keys of all values.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let texts = self.data.iter().flat_map(BTreeMap::keys);
        texts.chain(&self.binary_data).map(CompactString::as_str)
    }
}

impl Secret {
    /// The keys of all values.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.data.iter().chain(&self.string_data).map(CompactString::as_str)
    }
}

/// The keys of a map whose values are not even looked at.
#[expect(clippy::zero_sized_map_values, reason = "a map is what is read")]
fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<CompactString>, D::Error> {
    let map = Option::<BTreeMap<CompactString, IgnoredAny>>::deserialize(deserializer)?;
    Ok(List(map.unwrap_or_default().into_keys().collect()))
}
