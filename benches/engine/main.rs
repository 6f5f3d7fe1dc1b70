//! The pure engine with every check: objects per second, bytes kept, what a finding without
//! room keeps, what a change costs, which checks are the dearest, and how all that grows with the cluster.
//!
//! Prints ratios and growth, and fails nothing: a machine's speed is no promise.

#[path = "../generator.rs"]
mod generator;

mod alone;
mod changes;
mod custom;
mod dearest;
mod room;
mod surroundings;
mod together;

use std::{
    alloc::System,
    env,
    sync::Arc,
    time::{Duration, Instant},
};

use holystone::{
    api::AuditPolicySpec,
    engine::{Findings, Policy, Rules},
};
use jiff::Timestamp;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Numbers of workloads.
const SIZES: [usize; 3] = [1_000, 10_000, 50_000];
const RUNS: usize = 5;
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Measures with rules, and prints.
type Section = fn(&Arc<Rules>);

/// What can be measured, by name.
const SECTIONS: [(&str, Section); 6] = [
    ("alone", alone::print),
    ("together", together::print),
    ("room", room::print),
    ("changes", changes::print),
    ("dearest", dearest::print),
    ("custom", custom::print),
];

/// Measures the sections that the arguments name, or all.
fn main() {
    let rules = rules("{profiles: [all]}");
    let named: Vec<_> = env::args().collect();
    let named = |name: &str| named.iter().any(|argument| argument == name);
    let is_any_named = SECTIONS.iter().any(|(name, _)| named(name));
    for (_, print) in SECTIONS.iter().filter(|(name, _)| named(name) || !is_any_named) {
        print(&rules);
    }
}

fn rules(checks: &str) -> Arc<Rules> {
    let spec: AuditPolicySpec =
        serde_saphyr::from_str(&format!("checks: {checks}")).expect("the policy is YAML");
    let policy = Policy::compile("bench", &spec).expect("the policy is valid");
    Arc::new(Rules::new(vec![Arc::new(policy)], 36))
}

fn best(mut work: impl FnMut()) -> Duration {
    (0..RUNS).map(|_| time(&mut work)).min().unwrap_or_default()
}

fn time(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

/// The bytes that what was built keeps.
fn kept<T>(build: impl FnOnce() -> T) -> (T, usize) {
    let region = Region::new(ALLOCATOR);
    let value = build();
    let change = region.change();
    (value, change.bytes_allocated.saturating_sub(change.bytes_deallocated))
}

fn findings(rules: &Arc<Rules>) -> Findings {
    let mut findings = Findings::default();
    findings.set_rules(Arc::clone(rules));
    findings
}

fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// The slope between the smallest and the largest size, on logarithmic scales: 1 is linear.
fn exponent<T>(measured: &[(usize, T)], value: impl Fn(&T) -> f64) -> f64 {
    let ((first_size, first), (last_size, last)) = (&measured[0], &measured[measured.len() - 1]);
    (value(last) / value(first)).ln() / (*last_size as f64 / *first_size as f64).ln()
}
