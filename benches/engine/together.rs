//! A whole cluster, with what stands around the workloads, folded in and related.

use std::{sync::Arc, time::Duration};

use holystone::{
    engine::{Findings, Rules},
    model::{Kind, decode},
};

use crate::{NOW, SIZES, exponent, findings, generator::Variety, kept, rate, surroundings, time};

/// What it takes to know a cluster.
pub(crate) struct Folded {
    pub(crate) objects: usize,
    /// Decoding, judging alone and keeping.
    pub(crate) observe: Duration,
    /// Judging all relations once.
    pub(crate) settle: Duration,
    /// Bytes.
    pub(crate) kept: usize,
}

pub(crate) fn print(rules: &Arc<Rules>) {
    println!(
        "A whole cluster: accounts, settings, Services, endpoints, budgets, routes, rights, nodes"
    );
    for variety in [Variety::Shared, Variety::Unique] {
        println!("\n{variety:?} templates");
        println!("  workloads    objects   read objects/s   relate workloads/s   bytes an object");
        let measured = SIZES.map(|size| (size, fold(size, variety, rules, &Kind::ALL).1));
        for (size, Folded { objects, observe, settle, kept }) in &measured {
            println!(
                "  {size:>9} {objects:>10} {:>16.0} {:>20.0} {:>17}",
                rate(*objects, *observe),
                rate(*size, *settle),
                kept / objects,
            );
        }
        println!(
            "  growth exponent from {} to {} workloads: read {:.2}, relate {:.2}, bytes {:.2}",
            SIZES[0],
            SIZES[SIZES.len() - 1],
            exponent(&measured, |one| one.observe.as_secs_f64()),
            exponent(&measured, |one| one.settle.as_secs_f64()),
            exponent(&measured, |one| one.kept as f64),
        );
    }
    println!();
}

/// Folds a cluster, generated on the way and not counted.
pub(crate) fn fold(
    size: usize,
    variety: Variety,
    rules: &Arc<Rules>,
    kinds: &[Kind],
) -> (Findings, Folded) {
    let (mut objects, mut observe, mut settle) = (0, Duration::ZERO, Duration::ZERO);
    let (findings, kept) = kept(|| {
        let mut findings = findings(rules);
        for kind in rules.kinds().iter() {
            findings.list_started(kind);
            let texts = kinds.contains(&kind).then(|| surroundings::objects(kind, size, variety));
            for text in texts.into_iter().flatten() {
                objects += 1;
                observe += time(|| {
                    let object = decode(kind, &text).expect("the object is well formed");
                    findings.observe(&object, None, NOW);
                });
            }
            observe += time(|| _ = findings.list_done(kind));
        }
        settle += time(|| {
            findings.settle(NOW);
            drop(findings.take_dirty());
        });
        findings
    });
    (findings, Folded { objects, observe, settle, kept })
}
