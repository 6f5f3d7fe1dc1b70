//! An `AuditPolicy`, validated: which checks it asks for, at which severity, with which parameters.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::SignedDuration;
use serde_json::Value;

use crate::{
    api::{AuditPolicySpec, Due, Severity},
    checks::{self, Check, Parameters},
};

use super::{AnyCheck, Exemption, Pattern, Scope, SelfService, own_checks::Own};

/// A policy that can be followed.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: Arc<str>,
    /// Which objects it selects.
    pub scope: Scope,
    /// Findings below it are counted only.
    pub floor: Severity,
    /// The findings that it accepts.
    pub exemptions: Vec<Exemption>,
    /// What it lets the people of a namespace accept.
    pub self_service: SelfService,
    /// How long an open finding of a severity may stay.
    pub due: BTreeMap<Severity, SignedDuration>,
    /// How long resolved items are kept.
    pub retention: SignedDuration,
    /// The checks that it enables, in the order of the catalogue; its own ones last.
    pub enabled: Vec<Enabled>,
    /// What it names and cannot have; items of these checks stay as they are.
    pub rejected: Vec<Rejected>,
}

/// A check that a policy enables.
#[derive(Clone, Debug)]
pub struct Enabled {
    /// The check.
    pub check: AnyCheck,
    /// The policy's own severity for it.
    pub severity: Option<Severity>,
    /// Its parameters.
    pub parameters: Parameters,
    /// The parameters as they were given, or the text of a custom check: equal ones are evaluated
    /// once.
    pub parameters_key: String,
}

/// A check that a policy names and cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The id, glob or profile as it is written.
    pub id: String,
    /// Why, and what to do.
    pub reason: String,
    /// Where in the policy, if it is in a custom check.
    pub place: Option<RejectedPlace>,
}

/// Where a custom check is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedPlace {
    /// The field of the policy: `spec.checks.custom[0].validations[0].expression`.
    pub field: String,
    /// Line and column in the expression there, both from 1.
    pub position: Option<(u32, u32)>,
}

impl RejectedPlace {
    /// The field as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> String {
        let steps = self.field.split(['.', '[', ']']).filter(|step| !step.is_empty());
        steps.flat_map(|step| ["/", step]).collect()
    }
}

impl Rejected {
    /// Names what cannot be had, and why.
    pub(super) fn new(id: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { id: id.into(), reason: reason.into(), place: None }
    }
}

/// A policy that cannot be followed at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    field: String,
    problem: String,
}

impl PolicyError {
    /// Names the field and the problem.
    pub fn new(field: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self { field: field.into(), problem: problem.to_string() }
    }

    /// The field and the problem.
    pub(super) fn into_parts(self) -> (String, String) {
        (self.field, self.problem)
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.field, self.problem)
    }
}

impl std::error::Error for PolicyError {}

impl Policy {
    /// Validates a policy. What is wrong with a single check is rejected by itself.
    pub fn compile(name: &str, spec: &AuditPolicySpec) -> Result<Self, PolicyError> {
        let mut rejected = Vec::new();
        let own = Own::of(name, &spec.checks.custom);
        let selected = select(spec, &own, &mut rejected);
        let mut enabled = configure(spec, &own, &selected, &mut rejected);
        enabled.extend(own.enabled(spec, &mut rejected));
        Ok(Self {
            name: name.into(),
            scope: Scope::compile(&spec.scope)?,
            floor: spec.severity_floor,
            exemptions: Exemption::compile_all(&spec.exemptions)?,
            self_service: SelfService::compile(&spec.self_service)?,
            due: due(&spec.due)?,
            retention: retention(&spec.retention)?,
            enabled,
            rejected,
        })
    }

    /// Group and kind of what its custom checks judge and look up.
    pub fn custom_kinds(&self) -> impl Iterator<Item = (&str, &str)> {
        let custom = self.enabled.iter().filter_map(|enabled| match &enabled.check {
            AnyCheck::Custom(check) => Some(check),
            AnyCheck::BuiltIn(_) => None,
        });
        custom.flat_map(|check| check.names())
    }

    /// Whether the policy names a check that it cannot have: items of it stay as they are.
    #[must_use]
    pub fn rejects(&self, check: &str) -> bool {
        self.rejected.iter().any(|rejected| rejected.id == check)
    }
}

fn retention(written: &str) -> Result<SignedDuration, PolicyError> {
    written.parse().map_err(|error: jiff::Error| PolicyError::new("spec.retention", error))
}

fn due(written: &Due) -> Result<BTreeMap<Severity, SignedDuration>, PolicyError> {
    let written =
        Severity::ALL.into_iter().filter_map(|severity| Some((severity, written.of(severity)?)));
    written
        .map(|(severity, text)| {
            let duration: Result<SignedDuration, jiff::Error> = text.parse();
            let error = |error| PolicyError::new(format!("spec.due.{severity}"), error);
            Ok((severity, duration.map_err(error)?))
        })
        .collect()
}

/// The checks of the profiles and includes, without the excludes, in the order of the catalogue.
fn select(
    spec: &AuditPolicySpec,
    own: &Own<'_>,
    rejected: &mut Vec<Rejected>,
) -> Vec<&'static Check> {
    let mut chosen = BTreeMap::new();
    let position = |check: &Check| checks::ALL.iter().position(|known| known.id == check.id);
    for profile in &spec.checks.profiles {
        match checks::profile(profile) {
            Some(list) => chosen.extend(list.into_iter().map(|check| (position(check), check))),
            None => rejected.push(Rejected::new(
                profile,
                format!("no such profile; there are {}", checks::PROFILES.join(", ")),
            )),
        }
    }
    for text in &spec.checks.include {
        let included = matching(text, own, rejected);
        chosen.extend(included.into_iter().map(|check| (position(check), check)));
    }
    for text in &spec.checks.exclude {
        for check in matching(text, own, rejected) {
            chosen.remove(&position(check));
        }
    }
    chosen.into_values().collect()
}

/// The checks of the catalogue that an id, a glob or a category means; if it means no other check,
/// none is a rejection.
fn matching(text: &str, own: &Own<'_>, rejected: &mut Vec<Rejected>) -> Vec<&'static Check> {
    let mut reject = |reason: String| rejected.push(Rejected::new(text, reason));
    let pattern = match Pattern::compile(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            reject(error.to_string());
            return Vec::new();
        }
    };
    let known = checks::ALL.iter().copied();
    let found: Vec<_> = known
        .filter(|check| pattern.matches(check.id) || check.category.as_str() == text)
        .collect();
    if found.is_empty() && !own.may_be_meant(text, &pattern) {
        reject("no such check or category; `holystone checks` lists them".to_owned());
    }
    found
}

/// Adds severity and parameters to the selected checks.
fn configure(
    spec: &AuditPolicySpec,
    own: &Own<'_>,
    selected: &[&'static Check],
    rejected: &mut Vec<Rejected>,
) -> Vec<Enabled> {
    for setting in &spec.checks.settings {
        if checks::find(&setting.check).is_none() && !own.has(&setting.check) {
            let reason = "settings name no check; `holystone checks` lists them";
            rejected.push(Rejected::new(&setting.check, reason));
        }
    }
    let mut enabled = Vec::with_capacity(selected.len());
    for check in selected {
        let setting = spec.checks.settings.iter().find(|setting| setting.check == check.id);
        let own = setting.filter(|setting| !setting.parameters.is_empty());
        let given = match own {
            Some(setting) => Some(Value::Object(setting.parameters.clone())),
            None => profile_parameters(spec, check.id),
        };
        match check.parse_parameters(given.as_ref()) {
            Ok(parameters) => enabled.push(Enabled {
                check: (*check).into(),
                severity: setting.and_then(|setting| setting.severity),
                parameters,
                parameters_key: given.map(|value| value.to_string()).unwrap_or_default(),
            }),
            Err(error) => rejected.push(Rejected::new(
                check.id,
                format!("{error}; `holystone checks {}` shows what it takes", check.id),
            )),
        }
    }
    enabled
}

/// The parameters that the policy's profiles imply for a check; the last profile wins.
fn profile_parameters(spec: &AuditPolicySpec, check: &str) -> Option<Value> {
    let profiles = spec.checks.profiles.iter().rev();
    profiles.into_iter().find_map(|profile| checks::profile_parameters(profile, check))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(yaml: &str) -> Policy {
        Policy::compile("test", &serde_saphyr::from_str(yaml).unwrap()).unwrap()
    }

    fn ids(policy: &Policy) -> Vec<&str> {
        policy.enabled.iter().map(|enabled| enabled.check.id()).collect()
    }

    #[test]
    fn ids_globs_and_categories_are_included_and_excluded() {
        let policy =
            compile("checks: {profiles: [], include: [privileged-container, namespace-*]}");
        assert!(ids(&policy).contains(&"namespace-owner-missing"));
        assert!(ids(&policy).contains(&"privileged-container"));
        let policy = compile("checks: {profiles: [all], exclude: [tenancy, pdb-*]}");
        assert!(!ids(&policy).contains(&"namespace-owner-missing"));
        assert!(!ids(&policy).contains(&"pdb-missing"));
        assert!(policy.rejected.is_empty());
    }

    #[test]
    fn what_is_unknown_is_rejected_and_the_rest_goes_on() {
        let policy = compile(
            "checks: {profiles: [], include: [no-such-check, privileged-container], \
             settings: [{check: other, severity: high}]}",
        );
        assert_eq!(ids(&policy), ["privileged-container"]);
        let rejected: Vec<_> = policy.rejected.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(rejected, ["no-such-check", "other"]);
    }

    #[test]
    fn a_bad_parameter_rejects_its_check_and_names_the_field() {
        let policy = compile(
            "checks: {profiles: [], include: [image-registry-not-allowed], settings: \
             [{check: image-registry-not-allowed, parameters: {allowed: 3}}]}",
        );
        assert!(policy.enabled.is_empty());
        assert!(policy.rejected[0].reason.contains("`allowed`"), "{:?}", policy.rejected);
        assert!(policy.rejects("image-registry-not-allowed"));
    }

    #[test]
    fn durations_are_those_of_the_policy() {
        let policy = compile("{retention: 24h, due: {high: 24h}}");
        assert_eq!(policy.retention, SignedDuration::from_hours(24));
        assert_eq!(policy.due, [(Severity::High, SignedDuration::from_hours(24))].into());
    }
}
