//! How much of a cluster is known, and which checks that is enough for.

use crate::model::Cluster;

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
            return may_be_elsewhere(check, cluster);
        }
        // What takes a right of its own is often not read; checks see to that themselves.
        let mut reads = check.reads().into_owned().into_iter().filter(|kind| !kind.needs_grant());
        let missing = reads.find(|kind| !cluster.is_complete(*kind));
        let looks_elsewhere = self == Self::Namespaces && check.looks_elsewhere();
        missing
            .map(|kind| format!("no complete list of {kind}s"))
            .or_else(|| looks_elsewhere.then(|| OTHERS.to_owned()))
    }
}

/// An expression does not say which of the objects that it looks up would make it true.
fn may_be_elsewhere(check: &AnyCheck, cluster: &Cluster) -> Option<String> {
    let AnyCheck::Custom(check) = check else { return None };
    let mut related = check.related_names();
    let (name, _) = related.find(|(_, kind)| !cluster.is_complete(kind.known()))?;
    Some(format!("more of the kind {name} may be elsewhere"))
}
