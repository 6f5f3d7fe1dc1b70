//! What limits the workloads of a namespace, and how important they are.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::{List, Quantity, mirror::mirror};

mirror! {
    /// What is read of a `ResourceQuota`.
    pub struct ResourceQuota {
        pub hard: Option<BTreeMap<CompactString, Quantity>>,
    }

    /// What is read of a `LimitRange`.
    pub struct LimitRange {
        pub limits: List<LimitRangeItem>,
    }

    /// One entry of a `LimitRange`.
    pub struct LimitRangeItem {
        #[serde(rename = "type")]
        pub kind: CompactString,
        pub default: Option<BTreeMap<CompactString, Quantity>>,
        pub default_request: Option<BTreeMap<CompactString, Quantity>>,
    }

    /// What is read of a `PriorityClass`.
    pub struct PriorityClass {
        pub value: i64,
        pub global_default: Option<bool>,
    }
}
