//! Whatever policies exempt and whatever is written on objects: the controller accepts the findings that
//! `scan` accepts, for the same reason and until the same moment.

use std::{collections::BTreeMap, sync::Arc};

use holystone::{
    api::{AuditPolicySpec, EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, EXEMPT_UNTIL_ANNOTATION},
    engine::{self, Acceptance, Circumstances, Findings, Marks, Policy, Rules, Standing, Target},
    model::{Kind, Labels, Object, decode},
};
use jiff::Timestamp;
use proptest::{option, prelude::*, sample::select};
use serde_json::{Value, json};

const NAMESPACES: [&str; 2] = ["shop", "lab"];
const NOW: &str = "2026-11-21T12:00:00Z";

/// The label of each namespace, and the Deployments: namespace, label, annotations.
type World =
    (Vec<Option<&'static str>>, Vec<(usize, Option<&'static str>, BTreeMap<String, String>)>);

fn until() -> impl Strategy<Value = Option<&'static str>> {
    option::of(select(vec![
        "2020-01-01",
        "2026-11-21",
        "2199-12-31",
        "2026-11-21T12:00:00Z",
        "never",
    ]))
}

fn annotations() -> impl Strategy<Value = BTreeMap<String, String>> {
    let checks =
        option::of(select(vec!["privileged-container", "host-network, privileged-*", "*", ""]));
    (checks, option::of(Just("SEC-12")), until()).prop_map(|(checks, note, until)| {
        let keys = [EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, EXEMPT_UNTIL_ANNOTATION];
        let written = keys.into_iter().zip([checks, note, until]);
        written.filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned()))).collect()
    })
}

fn world() -> impl Strategy<Value = World> {
    let label = || option::of(select(vec!["a", "b"]));
    let workload = (0..NAMESPACES.len(), label(), annotations());
    (prop::collection::vec(label(), 2), prop::collection::vec(workload, 1..5))
}

fn exemption() -> impl Strategy<Value = Value> {
    let some = |fields: Vec<Value>| option::of(select(fields));
    let selector = |label: &str| json!({ "matchLabels": { "tier": label } });
    (
        select(vec![json!(["*"]), json!(["privileged-container"]), json!(["rbac"])]),
        some(vec![json!(["shop"]), json!(["l*"])]),
        some(vec![selector("a"), selector("b")]),
        some(vec![selector("a"), selector("b")]),
        some(vec![json!(["web-0"]), json!(["web-*"])]),
        until().prop_filter("a policy refuses what is no time", |until| *until != Some("never")),
    )
        .prop_map(|(checks, namespaces, places, objects, names, until)| {
            let mut written = json!({ "checks": checks, "reason": "risk-accepted" });
            let fields = [
                ("namespaces", namespaces),
                ("namespaceSelector", places),
                ("objects", objects),
                ("names", names),
                ("until", until.map(Value::from)),
            ];
            for (field, value) in fields {
                written[field] = value.unwrap_or_default();
            }
            written.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            written
        })
}

fn policy() -> impl Strategy<Value = Value> {
    let service = || select(vec!["allow", "require-note", "deny"]);
    let severity = select(vec!["critical", "low"]);
    let exemptions = prop::collection::vec(exemption(), 0..3);
    (exemptions, service(), severity, option::of(Just("24h"))).prop_map(
        |(exemptions, annotations, severity, most)| {
            let mut service = json!({ "annotations": annotations });
            if let Some(most) = most {
                service["maxDuration"] = most.into();
            }
            let setting = json!({ "check": "privileged-container", "severity": severity });
            json!({
                "checks": { "profiles": [], "include": ["privileged-container"], "settings": [setting] },
                "exemptions": exemptions,
                "selfService": service,
            })
        },
    )
}

fn rules(policies: &[Value]) -> Rules {
    let compiled = policies.iter().enumerate().map(|(index, spec)| {
        let spec: AuditPolicySpec = serde_json::from_value(spec.clone()).unwrap();
        Arc::new(Policy::compile(&format!("policy-{index}"), &spec).unwrap())
    });
    Rules::new(compiled.collect(), 37)
}

fn objects((labels, workloads): &World) -> Vec<Object> {
    let tier = |label: Option<&str>| {
        json!(label.map(|label| ("tier", label)).into_iter().collect::<BTreeMap<_, _>>())
    };
    let namespaces = NAMESPACES.iter().zip(labels).map(|(name, label)| {
        let metadata = json!({ "name": name, "labels": tier(*label) });
        (Kind::Namespace, json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata }))
    });
    let workloads = workloads.iter().enumerate().map(|(index, (namespace, label, annotations))| {
        let metadata = json!({
            "name": format!("web-{index}"), "namespace": NAMESPACES[*namespace],
            "labels": tier(*label), "annotations": annotations,
        });
        let container = json!({ "name": "web", "securityContext": { "privileged": true } });
        let spec = json!({ "template": { "spec": { "containers": [container] } } });
        let (version, kind) = ("apps/v1", "Deployment");
        let written =
            json!({ "apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec });
        (Kind::Deployment, written)
    });
    let all = namespaces.chain(workloads);
    all.map(|(kind, written)| decode(kind, &written.to_string()).unwrap()).collect()
}

/// What `scan` accepts, by target.
fn scanned(rules: &Rules, objects: &[Object], now: Timestamp) -> BTreeMap<Target, Acceptance> {
    let report = engine::evaluate(rules, objects, true, now);
    let marks: Vec<Marks> = objects.iter().map(|object| rules.marks(&object.meta)).collect();
    let labels = |name: &str| -> Option<&Labels> {
        let is_it = |object: &Object| object.kind == Kind::Namespace && object.meta.name == name;
        objects.iter().position(is_it).map(|position| &marks[position].labels)
    };
    let accepted = report.accept(rules, |position| &marks[position], labels, &[], now);
    let found = report.findings.iter().enumerate().map(|(index, found)| {
        let of_none = || Acceptance::of_none(found.wanted.severity);
        let acceptance = accepted.get(&index).cloned().unwrap_or_else(of_none);
        (Target::clone(&found.target), acceptance)
    });
    found.collect()
}

/// What the controller accepts, by target.
fn live(rules: &Rules, objects: &[Object], now: Timestamp) -> BTreeMap<Target, Acceptance> {
    let mut findings = Findings::default();
    findings.set_rules(Arc::new(rules.clone()));
    for kind in [Kind::Namespace, Kind::Deployment] {
        findings.list_started(kind);
        for object in objects.iter().filter(|object| object.kind == kind) {
            findings.observe(object, None, now);
        }
        findings.list_done(kind);
    }
    findings.settle(now);
    let circumstances = Circumstances { decision: None, known: None, respected: &[], now };
    let targets = objects.iter().map(Target::from);
    let found =
        targets.filter_map(|target| match findings.standing(&target, "privileged-container") {
            Standing::Wanted(wanted) => {
                let acceptance = findings.accept(&target, &wanted, &circumstances);
                Some((target, acceptance))
            }
            _ => None,
        });
    found.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_controller_accepts_what_scan_accepts(
        world in world(),
        policies in prop::collection::vec(policy(), 1..4),
    ) {
        let (rules, objects) = (rules(&policies), objects(&world));
        let now: Timestamp = NOW.parse().unwrap();
        let scanned = scanned(&rules, &objects, now);
        prop_assert_eq!(scanned.len(), world.1.len(), "each Deployment has a finding");
        prop_assert_eq!(live(&rules, &objects, now), scanned);
    }
}
