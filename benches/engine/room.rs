//! Findings that have no room as items, where there are many times as many as there is room for: what is
//! kept of each, and how long it takes to give away the room.

use std::{sync::Arc, time::Duration};

use holystone::{
    engine::{Findings, Rules, Standing, Target},
    items::{Budget, Claim, Limits},
    model::Kind,
};

use crate::{SIZES, exponent, generator::Variety, kept, rate, rules, time, together::fold};

/// What the controller has by default.
const LIMITS: Limits = Limits { total: 10_000, namespace: 1_500 };
const READ: [Kind; 2] = [Kind::Namespace, Kind::Deployment];

/// What one size measured.
struct Measured {
    findings: usize,
    claim: Duration,
    share: Duration,
    kept: usize,
}

pub(crate) fn print(_: &Arc<Rules>) {
    println!("Findings of `recommended`, with room for {} of them\n", LIMITS.total);
    println!("  workloads   findings   claimed/s   given away in   bytes each without room");
    let recommended = rules("{profiles: [recommended]}");
    let measured = SIZES.map(|size| (size, measure(size, &recommended)));
    for (size, Measured { findings, claim, share, kept }) in &measured {
        println!(
            "  {size:>9} {findings:>10} {:>11.0} {share:>15.1?} {:>25}",
            rate(*findings, *claim),
            kept / findings,
        );
    }
    println!(
        "  growth exponent from {} to {} workloads: claim {:.2}, give away {:.2}, bytes {:.2}\n",
        SIZES[0],
        SIZES[SIZES.len() - 1],
        exponent(&measured, |one| one.claim.as_secs_f64()),
        exponent(&measured, |one| one.share.as_secs_f64()),
        exponent(&measured, |one| one.kept as f64),
    );
}

fn measure(size: usize, rules: &Arc<Rules>) -> Measured {
    let (findings, _) = fold(size, Variety::Shared, rules, &READ);
    let objects = READ.into_iter().flat_map(|kind| findings.cluster().all(kind));
    let targets: Vec<_> = objects.map(|facts| Target::from(&facts.key)).collect();
    let (mut claim, mut share, mut count) = (Duration::ZERO, Duration::ZERO, 0);
    let (_budget, kept) = kept(|| {
        let mut budget = Budget::new(LIMITS, "holystone-system".into());
        claim = time(|| count = claim_all(&mut budget, &findings, &targets));
        budget.open();
        share = time(|| drop(budget.share()));
        budget
    });
    Measured { findings: count, claim, share, kept }
}

/// Works out what is found about each target, and claims room for it, as the controller does.
fn claim_all(budget: &mut Budget, findings: &Findings, targets: &[Target]) -> usize {
    let mut count = 0;
    for target in targets {
        for check in findings.failing(target) {
            let Standing::Wanted(wanted) = findings.standing(target, check) else { continue };
            let claim = Claim::New { severity: wanted.severity, policies: wanted.policies };
            budget.claim(&(check.into(), target.clone()), Some(claim));
            count += 1;
        }
    }
    count
}
