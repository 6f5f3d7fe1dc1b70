//! The objects that a custom check looks up beside the judged one: `objects`.

use std::collections::BTreeSet;

use crate::{
    api::{self, RelatedScope},
    engine::{Contents, PolicyError, contents::KindName, lookup::Listed},
    model::Kind,
};

use super::View;

/// One entry of `relatedKinds`.
#[derive(Debug)]
pub(super) struct Related {
    name: KindName,
    version: Option<String>,
    scope: RelatedScope,
}

/// All entries. None is called twice, so that no object is there twice.
pub(super) fn compile(written: &[api::RelatedKind]) -> Result<Vec<Related>, PolicyError> {
    let mut names = BTreeSet::new();
    let entries = written.iter().enumerate();
    entries
        .map(|(index, entry)| {
            let api::RelatedKind { api_group, api_version, kind, scope } = entry;
            let problem =
                |problem: String| PolicyError::new(format!("relatedKinds[{index}]"), problem);
            if let Some(text) = refusal(api_group, kind) {
                return Err(problem(text));
            }
            let name = KindName { group: api_group.as_str().into(), kind: kind.as_str().into() };
            match names.insert(name.clone()) {
                true => Ok(Related { name, version: api_version.clone(), scope: *scope }),
                false => Err(problem(format!("names {kind} twice"))),
            }
        })
        .collect()
}

/// Why a kind cannot be looked up.
fn refusal(group: &str, kind: &str) -> Option<String> {
    if kind.is_empty() || kind.contains('*') || group.contains('*') {
        return Some("has to name one kind, so that it can be watched".to_owned());
    }
    if (group, kind) == ("", "Secret") {
        return Some("Secrets are never kept, so that no expression can look them up".to_owned());
    }
    // A kind that is not served has no objects: of a wrong name nobody would ever be told.
    let of_core = group.is_empty() && Kind::find("", kind).is_none();
    let meant = Kind::ALL.into_iter().find(|known| of_core && known.name() == kind)?;
    Some(format!("the core group has no {kind}; apiGroup is {}", meant.group()))
}

impl Related {
    /// Group and kind.
    pub(super) fn names(&self) -> (&str, &str) {
        (&self.name.group, &self.name.kind)
    }

    /// The version that it takes, if that matters.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The kind; what no check knows is [`Kind::Other`], unless it is read from a cluster.
    pub(super) fn kind(&self) -> Kind {
        let (group, kind) = self.names();
        Kind::find_named(group, kind).unwrap_or(Kind::Other)
    }

    /// Whether it shows what is in other namespaces, too.
    pub(super) fn is_everywhere(&self) -> bool {
        self.scope == RelatedScope::Cluster || self.kind() == Kind::Namespace
    }

    /// The objects that it shows for an object.
    pub(super) fn look_up(&self, view: &View, contents: &Contents) -> Result<Listed, String> {
        let namespace = match self.scope {
            RelatedScope::Namespace => view.scope(),
            RelatedScope::Cluster => None,
        };
        let listed = contents.list(&self.name, namespace)?;
        if let Some(wanted) = &self.version {
            let is_other = |text: &&str| text.rsplit('/').next() != Some(wanted.as_str());
            let versions = listed.objects.iter().filter_map(|object| object["apiVersion"].as_str());
            if let Some(other) = versions.into_iter().find(is_other) {
                let (_, kind) = self.names();
                return Err(format!("{kind} is read as {other}, and not as {wanted}"));
            }
        }
        Ok(listed)
    }
}
