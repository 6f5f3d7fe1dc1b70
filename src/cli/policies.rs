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
    engine::{MAX_POLICIES, Policy},
    manifests::{Loaded, Manifest},
    schedule::Schedule,
};

use super::{files, output::warn};

/// What the arguments name to judge by.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) profiles: &'a [String],
    pub(super) files: &'a [PathBuf],
    pub(super) framework: Option<&'a Framework>,
}

/// The policies that were asked for, or that are in the input.
pub(super) fn choose(
    named: &Named<'_>,
    input: &Manifest,
    now: Timestamp,
) -> anyhow::Result<Vec<Arc<Policy>>> {
    let mut policies = Vec::new();
    for profile in named.profiles {
        policies.push(of_profile(profile, profile, Severity::Low)?);
    }
    if let Some(framework) = named.framework {
        policies.push(of_profile(framework.name, framework.profile, Severity::Info)?);
    }
    for file in named.files {
        policies.extend(compile_all(&read(file)?, now)?);
    }
    if named.profiles.is_empty() && named.files.is_empty() && named.framework.is_none() {
        if let Some(problem) = input.problems.iter().find(|problem| problem.in_policy) {
            bail!("the policy cannot be read: {problem}");
        }
        policies = compile_all(&input.policies, now)?;
        if input.policies.is_empty() {
            policies.push(of_profile(RECOMMENDED, RECOMMENDED, Severity::Low)?);
        }
    }
    if policies.len() > MAX_POLICIES {
        bail!("there are {} policies; scan with at most {MAX_POLICIES}", policies.len());
    }
    Ok(policies)
}

/// A profile on everything: whoever names no scope means all of the input.
fn of_profile(name: &str, profile: &str, floor: Severity) -> anyhow::Result<Arc<Policy>> {
    let mut spec = AuditPolicySpec::default();
    spec.checks.profiles = vec![profile.to_owned()];
    spec.scope.namespaces.exclude = Vec::new();
    spec.severity_floor = floor;
    Ok(Arc::new(Policy::compile(name, &spec)?))
}

/// The policies of a file that was named as one.
fn read(file: &Path) -> anyhow::Result<Vec<Loaded<AuditPolicy>>> {
    let mut manifest = Manifest::default();
    manifest.add(&files::name(file), &files::read(file)?);
    if let Some(problem) = manifest.problems.first() {
        bail!("the policy cannot be read: {problem}");
    }
    if manifest.policies.is_empty() {
        bail!("{} holds no AuditPolicy; name a file that does", files::name(file));
    }
    Ok(manifest.policies)
}

fn compile_all(
    policies: &[Loaded<AuditPolicy>],
    now: Timestamp,
) -> anyhow::Result<Vec<Arc<Policy>>> {
    let mut compiled = Vec::new();
    for Loaded { content: AuditPolicy { metadata, spec, .. }, place } in policies {
        let name = metadata.name.as_deref().unwrap_or_default();
        let at = format!("{}:{}", place.file, place.line("/metadata/name"));
        if name.is_empty() {
            bail!("{at}: the AuditPolicy has no name; set metadata.name");
        }
        let followed = compile(name, spec, now)
            .with_context(|| format!("{at}: AuditPolicy `{name}` cannot be followed"))?;
        if spec.suspend {
            warn(&format!("{at}: AuditPolicy `{name}` is suspended and asks for nothing"));
        } else {
            tell(&followed, &at);
            compiled.push(Arc::new(followed));
        }
    }
    Ok(compiled)
}

fn compile(name: &str, spec: &AuditPolicySpec, now: Timestamp) -> anyhow::Result<Policy> {
    Schedule::parse(&spec.schedule, &spec.time_zone, now)?;
    Ok(Policy::compile(name, spec)?)
}

/// Says what of a policy is not acted on.
fn tell(policy: &Policy, at: &str) {
    let name = &policy.name;
    for rejected in &policy.rejected {
        let (id, reason) = (&rejected.id, &rejected.reason);
        warn(&format!("{at}: AuditPolicy `{name}`: `{id}` is left out: {reason}"));
    }
    for field in &policy.unsupported {
        warn(&format!("{at}: AuditPolicy `{name}`: this version does not act on {field}"));
    }
}
