//! The kinds whose objects custom checks see whole, and those that are kept so.

use std::{collections::BTreeSet, sync::Arc};

use crate::model::{Kind, KindSet};

use super::{AnyCheck, CustomCheck, Policy, Rejected, Rules, View};

/// The kinds whose objects custom checks see whole.
#[derive(Clone, Debug, Default)]
pub(super) struct WholeKinds {
    seen: KindSet,
    /// As they are: they are judged again when what they are judged with changes.
    kept: KindSet,
    /// To be looked up.
    looked_up: KindSet,
}

impl WholeKinds {
    pub(super) fn of(rules: &Rules) -> Self {
        let kept = rules.policies.iter().flat_map(|policy| kept(policy)).collect();
        // In files, what no check of the catalogue knows is never named.
        let related = rules.custom().flat_map(CustomCheck::related);
        let looked_up = related.flat_map(|kind| [kind, kind.known()]).collect();
        let seen = rules.custom().flat_map(CustomCheck::needs).collect();
        Self { seen, kept, looked_up }
    }

    /// Changes when other things are kept of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> [bool; 3] {
        [self.seen, self.kept, self.looked_up].map(|kinds| kinds.contains(kind))
    }
}

/// The kinds that are kept as they are for the checks of a policy: those that its related checks judge,
/// and Namespaces.
fn kept(policy: &Policy) -> impl Iterator<Item = Kind> {
    let related = custom(policy).filter(|check| check.is_related());
    related.flat_map(|check| {
        let others = check.judges(Kind::Other).then_some(Kind::Other);
        let judged = check.needs().filter(|kind| check.judges(*kind) || *kind == Kind::Namespace);
        judged.chain(others).collect::<Vec<_>>()
    })
}

fn custom(policy: &Policy) -> impl Iterator<Item = &CustomCheck> {
    policy.enabled.iter().filter_map(|enabled| match &enabled.check {
        AnyCheck::Custom(check) => Some(&**check),
        AnyCheck::BuiltIn(_) => None,
    })
}

impl Rules {
    /// Whether objects of a kind are kept whole: custom checks look them up, or look up others for
    /// them.
    #[must_use]
    pub fn keeps_whole(&self, kind: Kind) -> bool {
        self.whole.kept.contains(kind) || self.looks_up_whole(kind)
    }

    /// Whether custom checks look up whole objects of a kind.
    #[must_use]
    pub fn looks_up_whole(&self, kind: Kind) -> bool {
        self.whole.looked_up.contains(kind)
    }

    /// The kinds that are kept whole for a policy.
    #[must_use]
    pub fn kept_whole_for(&self, policy: &Policy) -> KindSet {
        kept(policy).chain(custom(policy).flat_map(CustomCheck::related)).collect()
    }

    /// What is kept of an object.
    pub(super) fn keep(&self, kind: Kind, view: &View) -> Option<Arc<str>> {
        match self.whole.of_kind(kind) {
            [_, true, _] => Some(view.keep()),
            [_, false, true] => Some(view.keep_stripped()),
            [_, false, false] => None,
        }
    }

    /// Whether custom checks see objects of a kind whole.
    #[must_use]
    pub fn sees_whole(&self, kind: Kind) -> bool {
        self.whole.seen.contains(kind)
    }

    /// Group and kind of what custom checks have to see whole.
    #[must_use]
    pub fn seen_whole(&self) -> BTreeSet<(&str, &str)> {
        self.custom().flat_map(CustomCheck::names).collect()
    }

    /// The versions of a kind that custom checks understand; none if all do with any.
    #[must_use]
    pub fn versions_of(&self, kind: Kind) -> Vec<String> {
        let Kind::Named(_) = kind else { return Vec::new() };
        let versions = self.custom().flat_map(|check| check.versions_of(kind));
        versions.map(ToOwned::to_owned).collect()
    }

    /// The checks of a policy that judge nothing of a kind in a cluster, because it is read in another
    /// version than those that they understand.
    #[must_use]
    pub fn unread(&self, policy: &Policy) -> Vec<Rejected> {
        let unread = |check: &CustomCheck| {
            let (field, kind) = check.unread()?;
            let (name, version) = (kind.name(), kind.api_version());
            let reason = format!(
                "{field}: {name} is read as {version}; leave that out, or name this version"
            );
            Some(Rejected::new(&*check.id, reason))
        };
        custom(policy).filter_map(unread).collect()
    }

    fn custom(&self) -> impl Iterator<Item = &CustomCheck> {
        self.policies.iter().flat_map(|policy| custom(policy))
    }
}
