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
        pub max: Option<BTreeMap<CompactString, Quantity>>,
        pub min: Option<BTreeMap<CompactString, Quantity>>,
    }

    /// What is read of a `PriorityClass`.
    pub struct PriorityClass {
        pub value: i64,
        pub global_default: Option<bool>,
    }
}

impl LimitRange {
    /// Whether it gives containers a request for a resource where they have none.
    #[must_use]
    pub fn gives_request(&self, resource: &str) -> bool {
        let of_containers = self.limits.iter().filter(|item| item.kind == "Container");
        let mut requests = of_containers.filter_map(|item| item.default_request.as_ref());
        requests.any(|requests| requests.contains_key(resource))
    }
}
