//! The checks that take the most time over a whole cluster.

use std::{hint::black_box, sync::Arc, time::Duration};

use holystone::{
    checks,
    engine::{Contents, Extent, Findings, Part, Rules},
    model::{Kind, Object, decode},
};

use crate::{NOW, best, generator::Variety, rules, surroundings, together};

const WORKLOADS: usize = 1_000;
const SHOWN: usize = 5;

pub(crate) fn print(all: &Arc<Rules>) {
    let (findings, _) = together::fold(WORKLOADS, Variety::Unique, all, &Kind::ALL);
    let objects: Vec<Object> = Kind::ALL.into_iter().flat_map(read).collect();
    let mut spent: Vec<(&str, Duration)> = checks::ALL
        .iter()
        .map(|check| (check.id, measure(check.id, &objects, &findings)))
        .collect();
    spent.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    let total: Duration = spent.iter().map(|(_, time)| *time).sum();
    println!("The dearest checks over the {} objects of {WORKLOADS} workloads", objects.len());
    for (id, time) in spent.iter().take(SHOWN) {
        let share = 100.0 * time.as_secs_f64() / total.as_secs_f64();
        println!("  {id:<40} {:>8} µs {share:>5.1} % of all", time.as_micros());
    }
}

fn read(kind: Kind) -> impl Iterator<Item = Object> {
    surroundings::objects(kind, WORKLOADS, Variety::Unique)
        .map(move |text| decode(kind, &text).expect("the object is well formed"))
}

fn measure(check: &str, objects: &[Object], findings: &Findings) -> Duration {
    let rules = rules(&format!("{{profiles: [], include: [{check}]}}"));
    let cluster = findings.cluster();
    let around = (cluster, &Contents::default());
    let judged = objects.iter().filter(|object| !rules.evaluations(object.kind).is_empty());
    let judged: Vec<_> =
        judged.filter_map(|object| Some((object, cluster.facts(&object.key())?))).collect();
    best(|| {
        for (object, facts) in &judged {
            for part in [Part::Template, Part::Object] {
                black_box(rules.judge_alone(object, None, part, NOW));
            }
            black_box(rules.judge_related((facts, None), around, Extent::Lists, NOW));
        }
    })
}
