//! Workloads and their namespaces, and nothing around them.

use std::{hint::black_box, sync::Arc, time::Duration};

use holystone::{
    engine::{Part, Rules},
    model::{Kind, Object, decode},
};

use crate::{
    NOW, RUNS, SIZES, best, exponent,
    generator::{self, Variety},
    rate,
    together::{self, Folded},
};

/// What one size measured.
struct Measured {
    decode: Duration,
    judge: Duration,
    folded: Folded,
}

pub(crate) fn print(rules: &Arc<Rules>) {
    let checks = rules.evaluations(Kind::Deployment).len();
    println!("Deployments of about 6 kB, {checks} checks each, one core, best of {RUNS}\n");
    for variety in [Variety::Shared, Variety::Unique] {
        println!("{variety:?} templates");
        println!("  workloads   decode/s    judge/s   both/s   fold/s   bytes kept each");
        let measured = SIZES.map(|size| (size, measure(size, variety, rules)));
        for (size, Measured { decode, judge, folded }) in &measured {
            println!(
                "  {size:>9} {:>10.0} {:>10.0} {:>8.0} {:>8.0} {:>17}",
                rate(*size, *decode),
                rate(*size, *judge),
                rate(*size, *decode + *judge),
                rate(*size, folded.observe + folded.settle),
                folded.kept / size,
            );
        }
        println!(
            "  growth exponent from {} to {} workloads: fold {:.2}, bytes {:.2}\n",
            SIZES[0],
            SIZES[SIZES.len() - 1],
            exponent(&measured, |one| (one.folded.observe + one.folded.settle).as_secs_f64()),
            exponent(&measured, |one| one.folded.kept as f64),
        );
    }
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
                black_box(rules.judge_alone(object, None, part, NOW));
            }
        }
    })
    .mul_f64(scale);
    drop((texts, objects));
    let kinds = [Kind::Namespace, Kind::Deployment];
    let (_, folded) = together::fold(size, variety, rules, &kinds);
    Measured { decode, judge, folded }
}

fn object(text: &str) -> Object {
    decode(Kind::Deployment, text).expect("the object is well formed")
}
