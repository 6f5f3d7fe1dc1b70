//! What a check can answer: pass, fail with evidence, or that it cannot know.

use std::{borrow::Cow, collections::HashSet, fmt};

use crate::{
    api::Severity,
    model::{Placed, Security},
};

/// What a check answers about one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The object is as it should be.
    Pass,
    /// It is not.
    Fail(Finding),
    /// It cannot be known; the text says why.
    Unknown(Cow<'static, str>),
    /// The question does not arise.
    NotApplicable,
}

/// What is wrong with one object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// The fact: lower-case start, backticks around names, no full stop.
    pub message: Box<str>,
    /// Where it shows.
    pub evidence: Box<[Evidence]>,
    /// A severity other than the check's.
    pub severity: Option<Severity>,
}

/// One place where a finding shows. Never holds a secret value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// JSON pointer of the field, or of where it should be.
    pub path: Box<str>,
    /// Name of the container; empty where none is meant.
    pub container: Box<str>,
    /// What is there.
    pub found: Cow<'static, str>,
    /// What should be.
    pub wanted: Cow<'static, str>,
}

impl Evidence {
    /// A place in the object itself.
    #[must_use]
    pub fn at(
        path: impl Into<Box<str>>,
        found: impl Into<Cow<'static, str>>,
        wanted: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            path: path.into(),
            container: Box::default(),
            found: found.into(),
            wanted: wanted.into(),
        }
    }

    /// A place in a container; `field` starts without a slash.
    #[must_use]
    pub fn in_container(
        place: &Placed<'_>,
        field: &str,
        found: impl Into<Cow<'static, str>>,
        wanted: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { container: place.name().into(), ..Self::at(place.path(field), found, wanted) }
    }

    /// A place in a security context, of the pod or of a container; `field` starts without a slash.
    #[must_use]
    pub fn in_security(
        security: &Security<'_>,
        field: &str,
        found: impl Into<Cow<'static, str>>,
        wanted: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            container: security.container().into(),
            ..Self::at(security.path(field), found, wanted)
        }
    }

    /// A field of a security context that is in force in a container, where it is set: in the
    /// container itself, or in the pod; `field` starts without a slash.
    #[must_use]
    pub fn in_force(
        container: &Security<'_>,
        set: &Security<'_>,
        field: &str,
        found: impl fmt::Display,
        wanted: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            container: container.container().into(),
            ..Self::at(set.path(field), found.to_string(), wanted)
        }
    }
}

impl Verdict {
    /// Fails with a message and evidence.
    pub fn fail(message: impl Into<Box<str>>, evidence: impl Into<Box<[Evidence]>>) -> Self {
        Self::Fail(Finding { message: message.into(), evidence: evidence.into(), severity: None })
    }

    /// Passes without evidence, else fails with a message made from it.
    pub fn unless_empty(
        evidence: Vec<Evidence>,
        message: impl FnOnce(&[Evidence]) -> String,
    ) -> Self {
        if evidence.is_empty() {
            return Self::Pass;
        }
        let message = message(&evidence);
        Self::fail(message, evidence)
    }

    /// Passes without evidence, else fails and says which containers are meant: ``container `web`
    /// is privileged``, ``containers `web`, `log` are privileged``. Evidence without a container
    /// means the pod: ``pod and container `web` run as root``.
    pub fn of_containers(
        evidence: impl IntoIterator<Item = Evidence>,
        singular: &str,
        plural: &str,
    ) -> Self {
        Self::unless_empty(evidence.into_iter().collect(), |evidence| {
            let mut names: Vec<&str> = evidence.iter().map(|place| &*place.container).collect();
            names.dedup();
            if names.len() > 1 {
                let mut seen = HashSet::new();
                names.retain(|name| seen.insert(*name));
            }
            let pod = names.iter().any(|name| name.is_empty());
            names.retain(|name| !name.is_empty());
            match (pod, names.as_slice()) {
                (true, []) => ["pod ", singular].concat(),
                (true, [name]) => ["pod and container `", name, "` ", plural].concat(),
                (true, names) => ["pod and containers ", &enumerate(names), " ", plural].concat(),
                (false, [name]) => ["container `", name, "` ", singular].concat(),
                (false, names) => ["containers ", &enumerate(names), " ", plural].concat(),
            }
        })
    }

    /// The same verdict with a severity of its own.
    #[must_use]
    pub fn at_severity(mut self, severity: Severity) -> Self {
        if let Self::Fail(finding) = &mut self {
            finding.severity = Some(severity);
        }
        self
    }
}

/// The first three names in backticks, and how many more there are.
#[must_use]
pub fn enumerate(names: &[&str]) -> String {
    let mut shown = String::with_capacity(names.iter().take(3).map(|name| name.len() + 4).sum());
    for (position, name) in names.iter().take(3).enumerate() {
        shown.push_str(if position == 0 { "`" } else { ", `" });
        shown.push_str(name);
        shown.push('`');
    }
    match names.len() {
        0..=3 => shown,
        count => format!("{shown} and {} more", count - 3),
    }
}
