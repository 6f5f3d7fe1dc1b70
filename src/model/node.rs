//! Nodes: whether they are well, who may run on them, what they run, and the images that they hold.

use std::collections::BTreeMap;

use compact_str::CompactString;
use jiff::Timestamp;

use super::{Amount, List, Quantity, mirror::mirror};

mirror! {
    /// What is read of a Node: its `status`, and beside that its `spec`.
    pub struct Node {
        /// The images on the node, of which the kubelet reports 50 at most by default.
        pub images: List<ContainerImage>,
        pub conditions: List<NodeCondition>,
        pub node_info: NodeInfo,
        pub allocatable: Option<BTreeMap<CompactString, Quantity>>,
        #[serde(skip)]
        pub spec: NodeSpec,
        /// Said by a label.
        #[serde(skip)]
        pub is_control_plane: bool,
    }

    /// `spec` of a Node.
    pub struct NodeSpec {
        pub unschedulable: bool,
        /// What the cloud calls it: `aws:///eu-west-3a/i-0123`.
        #[serde(rename = "providerID")]
        pub provider_id: CompactString,
        pub taints: List<Taint>,
    }

    /// Keeps pods away that do not tolerate it.
    pub struct Taint {
        pub key: CompactString,
        pub value: CompactString,
        pub effect: CompactString,
        pub time_added: Option<Timestamp>,
    }

    /// How a node is in one respect. When that was looked at is left out: it changes all the time.
    pub struct NodeCondition {
        #[serde(rename = "type")]
        pub kind: CompactString,
        pub status: CompactString,
        pub reason: CompactString,
    }

    /// The programs of a node, as far as they are read.
    pub struct NodeInfo {
        /// The kernel, for example `6.1.79-99.167.amzn2023.x86_64`.
        pub kernel_version: CompactString,
        /// The container runtime, for example `containerd://2.1.5`.
        pub container_runtime_version: CompactString,
    }

    /// One image on a node.
    pub struct ContainerImage {
        /// The names by tag and by digest.
        pub names: List<CompactString>,
        /// Its size, unpacked, in bytes.
        pub size_bytes: i64,
    }
}

impl Node {
    /// What its pods may have together.
    #[must_use]
    pub fn allocatable(&self) -> Amount {
        self.allocatable.as_ref().map(Amount::of).unwrap_or_default()
    }
}
