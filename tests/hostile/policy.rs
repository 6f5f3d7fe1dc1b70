//! Reads a text as a policy, and judges a few objects by it.

use std::sync::Arc;

use holystone::{
    engine::{Policy, Rules, evaluate},
    manifests::{Loaded, Manifest},
};
use jiff::Timestamp;

/// What is judged.
const OBJECTS: &str = include_str!("objects.yaml");

/// Judges by the policies of a text; tells how many of their checks were rejected, and how many
/// answers there are.
pub(crate) fn judge(text: &str) -> (usize, usize) {
    let mut manifest = Manifest::default();
    manifest.add("policy.yaml", text);
    let compile = |Loaded { content, .. }: &Loaded<holystone::api::AuditPolicy>| {
        let name = content.metadata.name.as_deref().unwrap_or_default();
        Policy::compile(name, &content.spec).ok().map(Arc::new)
    };
    let policies: Vec<_> = manifest.policies.iter().filter_map(compile).collect();
    let rejected = policies.iter().map(|policy| policy.rejected.len()).sum();
    let rules = Rules::new(policies, 36);
    let mut objects = Manifest::keeping_whole(rules.seen_whole());
    objects.add("objects.yaml", OBJECTS);
    let objects: Vec<_> = objects.objects.into_iter().map(|loaded| loaded.content).collect();
    let report = evaluate(&rules, &objects, true, Timestamp::UNIX_EPOCH);
    let passed: usize = report.passed.values().sum();
    (rejected, passed + report.findings.len() + report.unknown.len())
}
