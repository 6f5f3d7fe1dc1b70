//! What is known of a single namespace is enough for the checks that look at other objects, but for those that
//! are known to look elsewhere: over the fixtures of all checks.

use holystone::{
    checks::{self, Check, Context, LOOK_ELSEWHERE, Verdict},
    manifests::Manifest,
    model::{Cluster, Facts, Kind, Object},
};

/// Begins a new set of documents in a fixture.
const ANOTHER: &str = "---\n# another cluster\n";

fn objects(text: &str) -> Vec<Object> {
    let mut manifest = Manifest::default();
    manifest.add("x.yaml", text);
    manifest.objects.into_iter().map(|object| object.content).collect()
}

fn cluster<'a>(objects: impl Iterator<Item = &'a Object>) -> Cluster {
    let mut cluster = Cluster::default();
    for &kind in Kind::ANY {
        cluster.set_complete(kind, true);
    }
    for object in objects {
        match object.kind {
            Kind::Other => cluster.insert_other(object),
            _ => drop(cluster.insert(Facts::of(object))),
        }
    }
    cluster
}

fn answers_otherwise(check: &Check, text: &str) -> bool {
    let objects = objects(text);
    let parameters = text.lines().find_map(|line| line.strip_prefix("# parameters: "));
    let parameters = parameters.map(|text| serde_saphyr::from_str(text).unwrap());
    let parameters = check.parse_parameters(parameters.as_ref()).unwrap();
    let context = Context::new(&parameters, 37, "2026-01-01T00:00:00Z".parse().unwrap());
    let all = cluster(objects.iter());
    let judged = objects
        .iter()
        .filter(|object| object.kind.is_namespaced() && check.run.kinds().contains(&object.kind));
    let mut answers = judged.map(|object| {
        let namespace = &object.meta.namespace;
        let is_seen =
            |other: &&Object| !other.kind.is_namespaced() || other.meta.namespace == *namespace;
        let alone = cluster(objects.iter().filter(is_seen));
        let answer: [Verdict; 2] = [&all, &alone].map(|it| check.judge(object, it, &context));
        answer[0] != answer[1]
    });
    answers.any(|is_otherwise| is_otherwise)
}

#[test]
fn one_namespace_is_enough_but_for_what_looks_elsewhere() {
    let related = checks::ALL.iter().filter(|check| check.run.is_related());
    let found: Vec<&str> = related
        .filter(|check| {
            let path = format!("{}/tests/checks/{}.yaml", env!("CARGO_MANIFEST_DIR"), check.id);
            let text = std::fs::read_to_string(path).unwrap();
            text.split(ANOTHER).any(|text| answers_otherwise(check, text))
        })
        .map(|check| check.id)
        .collect();
    let unknown: Vec<_> = found.iter().filter(|id| !LOOK_ELSEWHERE.contains(id)).collect();
    assert!(unknown.is_empty(), "these look at other namespaces: {unknown:?}");
    for id in LOOK_ELSEWHERE {
        assert!(checks::ALL.iter().any(|check| check.id == *id), "{id} is no check");
    }
}
