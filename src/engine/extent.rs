//! How much of a cluster is known, and which checks that is enough for.

use crate::{checks::LOOK_ELSEWHERE, model::Cluster};

use super::AnyCheck;

/// What is not known of a check that looks elsewhere.
const OTHERS: &str = "it may depend on what is in other namespaces";

/// How much of a cluster is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What somebody gave; checks see for themselves whether that is enough.
    Given,
    /// Lists: a check whose kinds have not all been listed completely cannot know.
    Lists,
    /// Lists of some namespaces: neither can one that looks at others.
    Namespaces,
}

impl Extent {
    /// Why a check that looks at other objects cannot know, if so.
    pub(super) fn lacks(self, check: &AnyCheck, cluster: &Cluster) -> Option<String> {
        if self == Self::Given {
            return None;
        }
        // What takes a right of its own is often not read; checks see to that themselves.
        let mut reads = check.reads().iter().filter(|kind| !kind.needs_grant());
        let missing = reads.find(|kind| !cluster.is_complete(**kind));
        let looks_elsewhere = self == Self::Namespaces && LOOK_ELSEWHERE.contains(&check.id());
        missing
            .map(|kind| format!("no complete list of {kind}s"))
            .or_else(|| looks_elsewhere.then(|| OTHERS.to_owned()))
    }
}
