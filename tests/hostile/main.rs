//! Whatever an object looks like, nothing panics: the fixtures with fields removed, of the wrong
//! type, absurdly long or deep, with control characters, are decoded and judged by every check.
//!
//! `HOLYSTONE_HOSTILE_SECONDS` says for how long; without it each document is spoilt a few times.
//! `HOLYSTONE_HOSTILE_SEED` repeats a run.

mod cel;
mod judge;
mod policy;

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

/// A small generator: the same numbers everywhere (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

fn fixtures() -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    texts
        .flat_map(|text| {
            let documents = text.split("\n---\n").map(serde_saphyr::from_str::<Value>);
            documents.filter_map(Result::ok).filter(Value::is_object).collect::<Vec<_>>()
        })
        .collect()
}

/// Changes one place of a value.
fn spoil(value: &mut Value, random: &mut Random) {
    let steps = random.below(9);
    let mut place = value;
    for _ in 0..steps {
        let count = match &*place {
            Value::Array(values) => values.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        };
        if count == 0 {
            break;
        }
        let index = random.below(count);
        place = match place {
            Value::Array(values) => &mut values[index],
            Value::Object(fields) => fields.values_mut().nth(index).unwrap(),
            _ => unreachable!("scalars have no places"),
        };
    }
    *place = hostile(place, random);
}

/// What stands there instead.
fn hostile(value: &Value, random: &mut Random) -> Value {
    match random.below(16) {
        0 => Value::Null,
        1 => json!(""),
        2 => json!([]),
        3 => json!({}),
        4 => json!(-1),
        5 => json!(u64::MAX),
        6 => json!(i64::MIN),
        7 => json!(1e308),
        8 => json!(true),
        9 => json!("\u{1b}[31m\u{202e}\u{0}ü漢\u{1f980}"),
        10 => json!("a/b:c@d=%,*?[{!$(X)\"'\\~-.".repeat(1 + random.below(40))),
        11 => json!("9".repeat(1 + random.below(400))),
        12 => Value::Array(vec![value.clone(); 1 + random.below(50)]),
        13 => (0..random.below(100)).fold(value.clone(), |inner, _| json!([inner])),
        14 => Value::Object(Map::from_iter([("*".to_owned(), value.clone())])),
        _ => json!(format!("{}{}%", i64::MAX, random.next())),
    }
}

fn judge(objects: &[Value]) -> usize {
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects });
    judge::judge(&list.to_string())
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a whole number"))
}

#[test]
fn nothing_panics() {
    let fixtures = fixtures();
    let seed = setting("HOLYSTONE_HOSTILE_SEED").unwrap_or(42);
    let mut random = Random(seed.max(1));
    let end = setting("HOLYSTONE_HOSTILE_SECONDS")
        .map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut rounds = 0;
    while rounds < 300 || end.is_some_and(|end| Instant::now() < end) {
        let start = random.below(fixtures.len());
        let chosen = fixtures.iter().cycle().skip(start).take(4);
        let objects: Vec<Value> = chosen
            .cloned()
            .map(|mut object| {
                for _ in 0..=random.below(4) {
                    spoil(&mut object, &mut random);
                }
                object
            })
            .collect();
        assert!(judge(&objects) <= 400, "each object is taken or told");
        rounds += 1;
    }
    eprintln!("{rounds} rounds of spoilt objects from seed {seed}");
}

/// Ten thousand containers, names without end: bounded by the input, and quick.
#[test]
fn large_objects_are_judged() {
    let containers: Vec<Value> =
        (0..10_000).map(|index| json!({ "name": format!("c{index}"), "image": "a" })).collect();
    let pod = json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "x".repeat(100_000), "namespace": "shop" },
        "spec": { "containers": containers } });
    assert_eq!(judge(&[pod]), 1);
}

/// The texts of a folder beside this file, by name.
fn texts(folder: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

/// Long for one expression, even unoptimised and beside other work.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn expressions_that_want_too_much_stop_soon() {
    for (name, text) in texts("cel") {
        let began = Instant::now();
        let (is_expression, has_value) = cel::run(&text);
        let took = began.elapsed();
        assert!(took < PATIENCE, "{name}: {took:?}");
        let is_harmless = ["object.cel", "just-within.cel", "long-chain.cel", "regex.cel"];
        let is_harmless = is_harmless.iter().any(|known| name.ends_with(known));
        assert_eq!(is_expression && has_value, is_harmless, "{name}");
    }
}

#[test]
fn policies_that_want_too_much_are_judged_soon_and_never_wrongly() {
    for (name, text) in texts("policies") {
        let began = Instant::now();
        let (rejected, answers) = policy::judge(&text);
        let took = began.elapsed();
        assert!(took < 3 * PATIENCE, "{name}: {took:?}");
        assert!(rejected + answers > 2, "{name}: {rejected} rejected, {answers} answers");
    }
}
