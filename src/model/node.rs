//! Nodes, as far as the images that they hold.

use compact_str::CompactString;
use serde::Deserialize;

use super::List;

/// What is read of a Node: `status.images`, of which the kubelet reports 50 at most by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
pub struct Node {
    /// The images on the node.
    pub images: List<ContainerImage>,
}

/// One image on a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerImage {
    /// The names by tag and by digest.
    pub names: List<CompactString>,
    /// Its size, unpacked, in bytes.
    pub size_bytes: i64,
}
