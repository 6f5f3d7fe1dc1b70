//! The pure engine: objects per second, bytes kept per object, and how both grow with the cluster.
//!
//! Prints ratios and growth, and fails nothing: a machine's speed is no promise.

#[path = "generator.rs"]
mod generator;

use std::{
    alloc::System,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use generator::Variety;
use holystone::{
    api::AuditPolicySpec,
    engine::{Findings, Part, Policy, Rules},
    model::{Kind, Object, decode},
};
use jiff::Timestamp;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SIZES: [usize; 3] = [1_000, 10_000, 50_000];
const RUNS: usize = 5;

/// What one size measured.
struct Measured {
    size: usize,
    decode: Duration,
    judge: Duration,
    fold: Duration,
    kept: usize,
}

fn main() {
    let rules = Arc::new(rules());
    let checks = rules.evaluations(Kind::Deployment).len();
    println!("engine: Deployments of about 6 kB, {checks} checks each, one core, best of {RUNS}\n");
    for variety in [Variety::Shared, Variety::Unique] {
        println!("{variety:?} templates");
        println!("  objects   decode/s    judge/s   both/s   fold/s   bytes kept each");
        let measured: Vec<_> =
            SIZES.into_iter().map(|size| measure(size, variety, &rules)).collect();
        for Measured { size, decode, judge, fold, kept } in &measured {
            let rate = |time: Duration| *size as f64 / time.as_secs_f64();
            println!(
                "  {size:>7} {:>10.0} {:>10.0} {:>8.0} {:>8.0} {:>17}",
                rate(*decode),
                rate(*judge),
                rate(*decode + *judge),
                rate(*fold),
                kept / size,
            );
        }
        println!(
            "  growth exponent from {} to {} objects: fold {:.2}, bytes {:.2}\n",
            SIZES[0],
            SIZES[2],
            exponent(&measured, |one| one.fold.as_secs_f64()),
            exponent(&measured, |one| one.kept as f64),
        );
    }
}

fn rules() -> Rules {
    let spec: AuditPolicySpec =
        serde_saphyr::from_str("checks: {profiles: [all]}").expect("the policy is YAML");
    let policy = Policy::compile("all", &spec).expect("the policy is valid");
    Rules::new(vec![Arc::new(policy)], 37)
}

fn measure(size: usize, variety: Variety, rules: &Arc<Rules>) -> Measured {
    let texts: Vec<String> = (0..size.min(10_000))
        .map(|index| generator::deployment(index, size, variety).to_string())
        .collect();
    let scale = size as f64 / texts.len() as f64;
    let decode = best(|| {
        for text in &texts {
            black_box(object(text));
        }
    })
    .mul_f64(scale);
    let objects: Vec<Object> = texts.iter().map(|text| object(text)).collect();
    let judge = best(|| {
        for object in &objects {
            for part in [Part::Template, Part::Object] {
                black_box(rules.judge_alone(object, part, Timestamp::UNIX_EPOCH));
            }
        }
    })
    .mul_f64(scale);
    drop((texts, objects));
    let (fold, kept) = fold(size, variety, rules);
    Measured { size, decode, judge, fold, kept }
}

/// Folds a whole cluster, generated on the way and not counted, and weighs what is left of it.
fn fold(size: usize, variety: Variety, rules: &Arc<Rules>) -> (Duration, usize) {
    let region = Region::new(ALLOCATOR);
    let mut findings = Findings::default();
    findings.set_rules(Arc::clone(rules));
    let mut spent = Duration::ZERO;
    for kind in rules.kinds().iter() {
        findings.list_started(kind);
        for text in texts(kind, size, variety) {
            let started = Instant::now();
            let object = decode(kind, &text).expect("the object is well formed");
            findings.observe(&object, None, Timestamp::UNIX_EPOCH);
            spent += started.elapsed();
        }
        let started = Instant::now();
        findings.list_done(kind);
        spent += started.elapsed();
    }
    let started = Instant::now();
    findings.settle(Timestamp::UNIX_EPOCH);
    drop(findings.take_dirty());
    spent += started.elapsed();
    let change = region.change();
    let kept = change.bytes_allocated.saturating_sub(change.bytes_deallocated);
    drop(findings);
    (spent, kept)
}

fn texts(kind: Kind, size: usize, variety: Variety) -> Box<dyn Iterator<Item = String>> {
    match kind {
        Kind::Namespace => Box::new(
            (0..generator::namespaces(size)).map(|index| generator::namespace(index).to_string()),
        ),
        Kind::Deployment => Box::new(
            (0..size).map(move |index| generator::deployment(index, size, variety).to_string()),
        ),
        _ => Box::new(std::iter::empty()),
    }
}

fn object(text: &str) -> Object {
    decode(Kind::Deployment, text).expect("the object is well formed")
}

fn best(mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let started = Instant::now();
        work();
        started.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

/// The slope between the smallest and the largest size, on logarithmic scales: 1 is linear.
fn exponent(measured: &[Measured], value: impl Fn(&Measured) -> f64) -> f64 {
    let (first, last) = (&measured[0], &measured[measured.len() - 1]);
    (value(last) / value(first)).ln() / (last.size as f64 / first.size as f64).ln()
}
