//! Related checks on change: whatever comes and goes, what is known of the others is what judging
//! everything anew would show.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use holystone::{
    api::AuditPolicySpec,
    checks::{ALL, Check, Run},
    engine::{self, Findings, Policy, Rules, Standing, Target},
    model::{Kind, Object, decode},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// What the controller never knows, for it only reads kinds that checks know.
const OF_FILES_ONLY: &[&str] = &["crd-unused"];

/// Checks of the time that follow their pods at once; others wait for the next audit.
const OF_PODS: &[&str] = &["pod-restarting", "pod-unhealthy"];

/// Begins another cluster in a fixture.
const ANOTHER: &str = "---\n# another cluster\n";

/// The objects of a cluster, with the namespaces that it does not mention.
fn objects(text: &str) -> Vec<Object> {
    let documents = text.split("\n---\n").map(|document| serde_saphyr::from_str(document).unwrap());
    let mut objects: Vec<Object> = documents.filter_map(|value: Value| object(&value)).collect();
    let named: BTreeSet<String> =
        objects.iter().map(|object| object.key().namespace.to_string()).collect();
    for name in named.iter().filter(|name| !name.is_empty()) {
        let is_known =
            |object: &Object| object.kind == Kind::Namespace && object.meta.name == *name;
        if !objects.iter().any(is_known) {
            let namespace =
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
            objects.extend(object(&namespace));
        }
    }
    objects
}

fn object(value: &Value) -> Option<Object> {
    let (version, kind) = (value["apiVersion"].as_str()?, value["kind"].as_str()?);
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    Some(decode(Kind::find(group, kind)?, &value.to_string()).unwrap())
}

/// A policy that asks for one check everywhere, with the parameters of a cluster.
fn rules(check: &Check, text: &str) -> Rules {
    let parameters = text.lines().find_map(|line| line.strip_prefix("# parameters:"));
    let parameters: Value = serde_saphyr::from_str(parameters.unwrap_or("{}")).unwrap();
    let spec: AuditPolicySpec = serde_json::from_value(json!({
        "severityFloor": "info",
        "scope": {"namespaces": {"exclude": []}, "clusterScoped": true},
        "checks": {
            "profiles": [],
            "include": [check.id],
            "settings": [{"check": check.id, "parameters": parameters}],
        },
    }))
    .unwrap();
    Rules::new(vec![Arc::new(Policy::compile("all", &spec).unwrap())], 37)
}

/// The time of a cluster.
fn now(text: &str) -> Timestamp {
    let now = text.lines().find_map(|line| line.strip_prefix("# now: "));
    now.map_or(Timestamp::UNIX_EPOCH, |now| now.parse().unwrap())
}

/// Everything as it is listed at first.
fn listed(rules: &Arc<Rules>, objects: &[Object], now: Timestamp) -> Findings {
    let mut findings = Findings::default();
    findings.set_rules(Arc::clone(rules));
    for kind in Kind::ALL
        .into_iter()
        .filter(|kind| *kind == Kind::Namespace || rules.kinds().contains(*kind))
    {
        findings.list_started(kind);
        for object in objects.iter().filter(|object| object.kind == kind) {
            findings.observe(object, None, now);
        }
        findings.list_done(kind);
    }
    findings.settle(now);
    findings
}

/// What is found, by target.
fn live(findings: &Findings, check: &Check, objects: &[&Object]) -> Vec<(Target, String)> {
    let targets: BTreeSet<Target> = objects.iter().map(|object| Target::from(*object)).collect();
    let found =
        targets.into_iter().filter_map(|target| match findings.standing(&target, check.id) {
            Standing::Wanted(wanted) => Some((target, wanted.message.to_string())),
            _ => None,
        });
    found.collect()
}

fn anew(rules: &Rules, objects: &[&Object], now: Timestamp) -> Vec<(Target, String)> {
    let objects: Vec<Object> = objects.iter().map(|object| (*object).clone()).collect();
    let report = engine::evaluate(rules, &objects, true, now);
    let found = report.findings.into_iter();
    found
        .map(|located| (Target::clone(&located.target), located.wanted.message.to_string()))
        .collect()
}

/// Where what is known differs from what is found anew.
fn difference(known: &[(Target, String)], found: &[(Target, String)]) -> Option<String> {
    let lines = |these: &[(Target, String)], others: &[(Target, String)], sign: &str| {
        let only = these.iter().filter(|one| !others.contains(one));
        only.map(|(target, message)| format!("\n  {sign} {target}: {message}"))
            .collect::<Vec<_>>()
            .concat()
    };
    let text = lines(known, found, "surplus") + &lines(found, known, "missing");
    (!text.is_empty()).then_some(text)
}

/// Lets each object of a fixture go, and come back.
fn problems(check: &'static Check) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path.join(format!("tests/checks/{}.yaml", check.id))).unwrap();
    text.split(ANOTHER).flat_map(|cluster| problems_in(check, cluster)).collect()
}

fn problems_in(check: &'static Check, text: &str) -> Vec<String> {
    let (objects, rules, now) = (objects(text), Arc::new(rules(check, text)), now(text));
    let mut findings = listed(&rules, &objects, now);
    let all: Vec<&Object> = objects.iter().collect();
    let whole = anew(&rules, &all, now);
    let mut problems = Vec::new();
    let mut compare = |moment: String, known: Vec<_>, found: &[_]| {
        let text = difference(&known, found);
        problems.extend(text.map(|text| format!("{} {moment}:{text}", check.id)));
    };
    compare("at first".into(), live(&findings, check, &all), &whole);
    for object in &objects {
        let key = object.key();
        if key.kind == Kind::Namespace || !rules.kinds().contains(key.kind) {
            continue;
        }
        findings.remove(&key);
        findings.settle(now);
        let rest: Vec<&Object> = objects.iter().filter(|other| other.key() != key).collect();
        let left = anew(&rules, &rest, now);
        compare(format!("without {key}"), live(&findings, check, &rest), &left);
        findings.observe(object, None, now);
        findings.settle(now);
        compare(format!("with {key} again"), live(&findings, check, &all), &whole);
    }
    problems
}

#[test]
fn each_object_may_go_and_come_back() {
    let is_meant = |check: &&Check| {
        let follows = matches!(check.run, Run::Related(_)) || OF_PODS.contains(&check.id);
        follows && !OF_FILES_ONLY.contains(&check.id)
    };
    let related = ALL.iter().copied().filter(is_meant);
    let problems: Vec<String> = related.flat_map(problems).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
