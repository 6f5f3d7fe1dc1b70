//! Checks that look at several objects answer anew when one of them changes.

use std::sync::Arc;

use holystone::{
    engine::{Findings, Judge, Policy, Rules, Scan, Standing, Target, evaluate},
    model::{Kind, Object, decode},
};
use jiff::Timestamp;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn rules(checks: &str) -> Rules {
    let spec = format!("{{checks: {{profiles: [], include: [{checks}]}}}}");
    let policy = Policy::compile("all", &serde_saphyr::from_str(&spec).unwrap()).unwrap();
    Rules::new(vec![Arc::new(policy)], 37)
}

/// A cluster that was read completely.
fn read(rules: Rules, objects: &[(Kind, Value)]) -> Findings {
    let mut findings = Findings::default();
    for kind in findings.set_rules(Arc::new(rules)).iter() {
        findings.list_started(kind);
        for (_, object) in objects.iter().filter(|(of, _)| *of == kind) {
            findings.observe(&object_of(kind, object), None, NOW);
        }
        findings.list_done(kind);
    }
    findings.settle(NOW);
    findings.take_dirty();
    findings
}

fn object_of(kind: Kind, object: &Value) -> Object {
    decode(kind, &object.to_string()).unwrap()
}

fn change(findings: &mut Findings, kind: Kind, object: &Value) {
    findings.observe(&object_of(kind, object), None, NOW);
    findings.settle(NOW);
}

fn message(findings: &Findings, target: &Target, check: &str) -> Option<String> {
    match findings.standing(target, check) {
        Standing::Wanted(wanted) => Some(wanted.message.into()),
        Standing::Clean => None,
        other => panic!("{other:?}"),
    }
}

fn namespace(version: &str) -> Value {
    let labels = json!({ "pod-security.kubernetes.io/enforce-version": version });
    json!({ "metadata": { "name": "shop", "labels": labels } })
}

fn deployment(name: &str, host_pid: bool) -> Value {
    let probe = json!({ "tcpSocket": { "host": "db", "port": 80 } });
    let containers = json!([{ "name": "app", "livenessProbe": probe }]);
    json!({
        "metadata": { "name": name, "namespace": "shop" },
        "spec": { "template": { "spec": { "hostPID": host_pid, "containers": containers } } },
    })
}

#[test]
fn pod_security_follows_the_label_of_the_namespace_and_its_workloads() {
    let objects =
        [(Kind::Namespace, namespace("v1.33")), (Kind::Deployment, deployment("web", false))];
    let checks = "pod-security-baseline, namespace-workloads-below-baseline";
    let mut findings = read(rules(checks), &objects);
    let [shop, web] = [&objects[0], &objects[1]]
        .map(|(kind, object)| Target::from(&object_of(*kind, object).key()));
    let of_web = |findings: &Findings| message(findings, &web, "pod-security-baseline");
    let of_shop =
        |findings: &Findings| message(findings, &shop, "namespace-workloads-below-baseline");
    assert_eq!((of_web(&findings), of_shop(&findings)), (None, None));

    change(&mut findings, Kind::Namespace, &namespace("v1.34"));
    let dirty = findings.take_dirty();
    assert!(dirty.contains(&web) && dirty.contains(&shop), "{dirty:?}");
    assert!(of_web(&findings).unwrap().ends_with("1.34: `hostProbesAndHostLifecycle`"));
    assert!(of_shop(&findings).unwrap().starts_with("1 of 1 workloads fail"));

    change(&mut findings, Kind::Namespace, &namespace("v1.33"));
    assert_eq!((of_web(&findings), of_shop(&findings)), (None, None));
    findings.take_dirty();

    change(&mut findings, Kind::Deployment, &deployment("tool", true));
    assert!(findings.take_dirty().contains(&shop), "the namespace is planned again");
    assert!(of_shop(&findings).unwrap().starts_with("1 of 2 workloads fail"));
    findings.remove(&object_of(Kind::Deployment, &deployment("tool", true)).key());
    findings.settle(NOW);
    assert_eq!(of_shop(&findings), None);
}

/// Old revisions of a custom owner are not kept, and so not counted by a scan either.
#[test]
fn a_scan_counts_the_workloads_that_the_controller_keeps() {
    let owner = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web", "controller": true
    });
    let replica_set = |name: &str, replicas: i32| {
        let mut object = deployment(name, true);
        object["metadata"]["ownerReferences"] = json!([owner]);
        object["spec"]["replicas"] = replicas.into();
        (Kind::ReplicaSet, object)
    };
    let objects = [
        (Kind::Namespace, namespace("latest")),
        replica_set("web-1", 0),
        replica_set("web-2", 3),
        (Kind::Deployment, deployment("idle", false)),
    ];
    let rules = || rules("namespace-workloads-below-baseline");
    let decoded: Vec<Object> =
        objects.iter().map(|(kind, object)| object_of(*kind, object)).collect();
    let report = evaluate(&rules(), &decoded, true, NOW);
    let [found] = report.findings.as_slice() else { panic!("{report:?}") };
    let findings = read(rules(), &objects);
    let live = message(&findings, &Target::from(&decoded[0].key()), found.wanted.check.id());
    assert_eq!(live.as_deref(), Some(&*found.wanted.message));
    assert!(found.wanted.message.starts_with("2 of 2 workloads"), "{}", found.wanted.message);
}

/// Files are read by several threads, each with a judge of its own.
#[test]
fn it_does_not_matter_who_judges() {
    let objects = [
        (Kind::Namespace, namespace("v1.34")),
        (Kind::Deployment, deployment("web", false)),
        (Kind::Deployment, deployment("web", true)),
        (Kind::Deployment, deployment("tool", true)),
    ];
    let rules = rules("pod-security-baseline, namespace-workloads-below-baseline, privileged-*");
    let decoded: Vec<Object> =
        objects.iter().map(|(kind, object)| object_of(*kind, object)).collect();
    let mut judges = [Judge::new(&rules, NOW), Judge::new(&rules, NOW)];
    let mut scan = Scan::new(&rules, true, NOW).keeping_passes(true);
    let repeated = decoded.iter().zip([0, 1, 0, 1]).filter_map(|(object, judge)| {
        scan.take(judges[judge].judge(object)).map(|(target, first)| (target.to_string(), first))
    });
    assert_eq!(repeated.collect::<Vec<_>>(), [("Deployment shop/web".to_owned(), 1)]);
    let report = scan.finish();
    assert_eq!(report, evaluate(&rules, &decoded, true, NOW));
    assert!(report.findings.len() > 2, "{report:?}");
}
