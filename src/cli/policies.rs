//! The policies that a scan follows: those that are named, else those of the input, else the
//! recommended checks on everything.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use jiff::Timestamp;

use crate::{
    api::{AuditPolicy, AuditPolicySpec, RECOMMENDED, Severity},
    checks::Framework,
    engine::{MAX_POLICIES, Policy, RejectedPlace},
    manifests::{Loaded, Manifest},
    schedule::Schedule,
};

use super::{output::warn, text};

/// How the policy of --check is called in findings.
const ARGUMENTS: &str = "arguments";

/// What the arguments name to judge by.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) profiles: &'a [String],
    pub(super) files: &'a [PathBuf],
    pub(super) framework: Option<&'a Framework>,
    /// Checks on top of everything else, by id, glob or category.
    pub(super) checks: &'a [String],
    /// Checks that count for nothing.
    pub(super) excluded: &'a [String],
    /// The lowest severity that is shown.
    pub(super) floor: Option<Severity>,
}

impl Named<'_> {
    /// Whether the arguments say what is judged.
    pub(super) fn is_something(&self) -> bool {
        !(self.profiles.is_empty() && self.files.is_empty() && self.checks.is_empty())
            || self.framework.is_some()
    }
}

/// The policies that were asked for, or that are in the input.
pub(super) fn choose(
    named: &Named<'_>,
    input: &Manifest,
    now: Timestamp,
) -> anyhow::Result<Vec<Arc<Policy>>> {
    // What is misspelt is said before anything else.
    let alone = of_arguments(ARGUMENTS, &[], named, Severity::Info)?;
    let mut policies = Vec::new();
    for profile in named.profiles {
        policies.push(of_arguments(profile, &[profile], named, Severity::Low)?);
    }
    if let Some(framework) = named.framework {
        let (name, profile) = (framework.name, framework.profile);
        policies.push(of_arguments(name, &[profile], named, Severity::Info)?);
    }
    for file in named.files {
        policies.extend(compile_all(&read(file)?, named, now)?);
    }
    if policies.is_empty() && !named.checks.is_empty() {
        policies.push(alone);
    } else if !named.is_something() {
        if let Some(problem) = input.problems.iter().find(|problem| problem.in_policy) {
            bail!("the policy cannot be read: {problem}");
        }
        policies = compile_all(&input.policies, named, now)?;
        if input.policies.is_empty() {
            policies.push(of_arguments(RECOMMENDED, &[RECOMMENDED], named, Severity::Low)?);
        }
    }
    if policies.len() > MAX_POLICIES {
        bail!("there are {} policies; scan with at most {MAX_POLICIES}", policies.len());
    }
    Ok(policies)
}

/// Profiles and checks on everything: whoever names no scope means all of the input.
fn of_arguments(
    name: &str,
    profiles: &[&str],
    named: &Named<'_>,
    floor: Severity,
) -> anyhow::Result<Arc<Policy>> {
    let mut spec = AuditPolicySpec::default();
    spec.checks.profiles = profiles.iter().map(|&profile| profile.to_owned()).collect();
    spec.checks.include = named.checks.to_vec();
    spec.checks.exclude = named.excluded.to_vec();
    spec.scope.namespaces.exclude = Vec::new();
    spec.severity_floor = named.floor.unwrap_or(floor);
    let policy = Policy::compile(name, &spec)?;
    match policy.rejected.first() {
        Some(rejected) => bail!("`{}`: {}", rejected.id, rejected.reason),
        None => Ok(Arc::new(policy)),
    }
}

/// The policies of a file that was named as one.
fn read(file: &Path) -> anyhow::Result<Vec<Loaded<AuditPolicy>>> {
    let mut manifest = Manifest::default();
    manifest.add(&text::name(file), &text::read(file)?);
    if let Some(problem) = manifest.problems.first() {
        bail!("the policy cannot be read: {problem}");
    }
    if manifest.policies.is_empty() {
        bail!("{} holds no AuditPolicy; name a file that does", text::name(file));
    }
    Ok(manifest.policies)
}

/// The policies of a file with their names, as they are written.
pub(super) fn written(file: &Path) -> anyhow::Result<Vec<(String, AuditPolicySpec)>> {
    let policies = read(file)?.into_iter();
    let named = policies.map(|Loaded { content: AuditPolicy { metadata, spec, .. }, place }| {
        let name = metadata.name.filter(|name| !name.is_empty());
        let line = place.line("/metadata/name");
        let name = name.with_context(|| {
            format!("{}:{line}: the AuditPolicy has no name; set metadata.name", place.file)
        });
        Ok((name?, spec))
    });
    named.collect()
}

fn compile_all(
    policies: &[Loaded<AuditPolicy>],
    named: &Named<'_>,
    now: Timestamp,
) -> anyhow::Result<Vec<Arc<Policy>>> {
    let mut compiled = Vec::new();
    for Loaded { content: AuditPolicy { metadata, spec, .. }, place } in policies {
        let name = metadata.name.as_deref().unwrap_or_default();
        let line = |pointer: &str| format!("{}:{}", place.file, place.line(pointer));
        let at = line("/metadata/name");
        if name.is_empty() {
            bail!("{at}: the AuditPolicy has no name; set metadata.name");
        }
        let mut spec = spec.clone();
        spec.checks.include.extend_from_slice(named.checks);
        spec.checks.exclude.extend_from_slice(named.excluded);
        spec.severity_floor = named.floor.unwrap_or(spec.severity_floor).min(spec.severity_floor);
        let followed = compile(name, &spec, now)
            .with_context(|| format!("{at}: AuditPolicy `{name}` cannot be followed"))?;
        if spec.suspend {
            warn(&format!("{at}: AuditPolicy `{name}` is suspended and asks for nothing"));
        } else {
            tell(&followed, &line);
            compiled.push(Arc::new(followed));
        }
    }
    Ok(compiled)
}

fn compile(name: &str, spec: &AuditPolicySpec, now: Timestamp) -> anyhow::Result<Policy> {
    Schedule::parse(&spec.schedule, &spec.time_zone, now)?;
    Ok(Policy::compile(name, spec)?)
}

/// Says what of a policy is left out.
fn tell(policy: &Policy, at: &dyn Fn(&str) -> String) {
    let name = &policy.name;
    for rejected in &policy.rejected {
        let (id, reason) = (&rejected.id, &rejected.reason);
        let pointer = rejected.place.as_ref().map(RejectedPlace::pointer);
        let at = at(pointer.as_deref().unwrap_or("/metadata/name"));
        warn(&format!("{at}: AuditPolicy `{name}`: `{id}` is left out: {reason}"));
    }
}
