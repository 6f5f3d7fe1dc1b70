//! A check, wherever it comes from: from the catalogue, or from a policy.

use std::{
    borrow::{Borrow, Cow},
    cmp::Ordering,
    sync::Arc,
};

use crate::{
    api::Severity,
    checks::{Check, Fix, LOOK_ELSEWHERE, Run},
    model::Kind,
};

use super::{CustomCheck, Part};

/// A check. Two are the same if their ids are.
#[derive(Clone, Debug)]
pub enum AnyCheck {
    /// One of the catalogue.
    BuiltIn(&'static Check),
    /// One that a policy brings.
    Custom(Arc<CustomCheck>),
}

impl AnyCheck {
    /// Its id; that of a custom check is `<policy>.<id>`.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::BuiltIn(check) => check.id,
            Self::Custom(check) => &check.id,
        }
    }

    /// The group that it belongs to.
    #[must_use]
    pub fn category(&self) -> &str {
        match self {
            Self::BuiltIn(check) => check.category.as_str(),
            Self::Custom(check) => &check.category,
        }
    }

    /// The severity of its findings, unless a policy or a finding says otherwise.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::BuiltIn(check) => check.severity,
            Self::Custom(check) => check.severity,
        }
    }

    /// What it demands.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::BuiltIn(check) => check.title.trim(),
            Self::Custom(check) => &check.title,
        }
    }

    /// What to do about a finding: of a custom check, what it demands.
    #[must_use]
    pub fn remediation(&self) -> &str {
        match self {
            Self::BuiltIn(check) => check.remediation,
            Self::Custom(check) => &check.title,
        }
    }

    /// What remedies its findings where there is but one way; a custom check knows none.
    #[must_use]
    pub fn fixes(&self) -> &'static [Fix] {
        match self {
            Self::BuiltIn(check) => check.fixes,
            Self::Custom(_) => &[],
        }
    }

    /// What its answer depends on.
    #[must_use]
    pub fn part(&self) -> Part {
        match self {
            Self::BuiltIn(check) => match check.run {
                Run::Workload(_) => Part::Template,
                Run::Object(..) | Run::Timed(..) => Part::Object,
                Run::Related(_) | Run::RelatedTimed(_) => Part::Related,
            },
            Self::Custom(check) if check.is_related() => Part::Related,
            Self::Custom(_) => Part::Object,
        }
    }

    /// Whether it judges objects of a kind.
    #[must_use]
    pub fn judges(&self, kind: Kind) -> bool {
        match self {
            Self::BuiltIn(check) => check.run.kinds().contains(&kind.known()),
            Self::Custom(check) => check.judges(kind),
        }
    }

    /// The kinds that have to be read from a cluster for it.
    #[must_use]
    pub fn needs(&self) -> Vec<Kind> {
        match self {
            Self::BuiltIn(check) => check.run.needs().collect(),
            Self::Custom(check) => check.needs().collect(),
        }
    }

    /// The kinds that it looks up beside the judged object.
    #[must_use]
    pub fn reads(&self) -> Cow<'static, [Kind]> {
        match self {
            Self::BuiltIn(check) => check.run.reads().into(),
            Self::Custom(check) => check.reads().into(),
        }
    }

    /// Whether its answer depends on what is in other namespaces.
    #[must_use]
    pub fn looks_elsewhere(&self) -> bool {
        match self {
            Self::BuiltIn(check) => LOOK_ELSEWHERE.contains(&check.id),
            Self::Custom(check) => check.reads_everywhere().any(Kind::is_namespaced),
        }
    }

    /// Whether its answer about an object by itself changes with the time.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        matches!(self, Self::BuiltIn(check) if matches!(check.run, Run::Timed(..)))
    }
}

impl From<&'static Check> for AnyCheck {
    fn from(check: &'static Check) -> Self {
        Self::BuiltIn(check)
    }
}

/// Its id.
impl From<&AnyCheck> for Cow<'static, str> {
    fn from(check: &AnyCheck) -> Self {
        match check {
            AnyCheck::BuiltIn(check) => check.id.into(),
            AnyCheck::Custom(check) => check.id.to_string().into(),
        }
    }
}

impl PartialEq for AnyCheck {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for AnyCheck {}

impl PartialOrd for AnyCheck {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AnyCheck {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id().cmp(other.id())
    }
}

impl Borrow<str> for AnyCheck {
    fn borrow(&self) -> &str {
        self.id()
    }
}
