//! Exported policies: a real API server refuses what the check finds, and nothing else, for the
//! fixtures of all checks that can be said in CEL.
//!
//! All policies are there at once. Each is bound to the objects that bear the label of its case, so
//! that scopes are tried, too.

mod complete;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use control_plane::ControlPlane;
use futures::{StreamExt, stream};
use holystone::{
    admission::Document,
    api::{AuditPolicySpec, LabelSelector},
    checks::{self, Check, Context, Verdict},
    engine::{Policy, Rules, evaluate},
    manifests::Manifest,
    model::{Cluster, Kind, Object},
};
use jiff::Timestamp;
use kube::Client;
use serde_json::{Value as Json, json};

use complete::complete;

use crate::{
    admission::{export_all, policy_for},
    fixtures::{folder, read},
    post::post,
};

const MINOR: u16 = 36;
const LABEL: &str = "oracle.holystone.dev/case";

/// A check with parameters, and the objects of its fixture.
struct Case {
    name: String,
    check: &'static Check,
    parameters: Option<Json>,
    objects: Vec<Json>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for check in checks::ALL.iter().filter(|check| check.rule.is_some()) {
        let path = folder().join(format!("{}.yaml", check.id));
        for fixture in read(&path) {
            for document in fixture.documents {
                let parameters = document.parameters.or(fixture.parameters.clone());
                let object: Json = serde_saphyr::from_str(&document.text).expect("it is YAML");
                let is_of =
                    |case: &&mut Case| case.check.id == check.id && case.parameters == parameters;
                if let Some(case) = cases.iter_mut().find(is_of) {
                    case.objects.push(object);
                } else {
                    let name = format!("case-{}", cases.len());
                    cases.push(Case { name, check, parameters, objects: vec![object] });
                }
            }
        }
    }
    cases
}

/// What the check says of an object, and where it is sent; `None` for what it does not judge.
fn asked(object: &Json, case: &Case) -> Option<(bool, String)> {
    let mut manifest = Manifest::default();
    manifest.add("x.json", &object.to_string());
    let judged = manifest.objects.into_iter().next()?.content;
    let kind = judged.kind;
    if !case.check.run.kinds().contains(&kind) || kind == Kind::Other {
        return None;
    }
    let parameters = case.check.parse_parameters(case.parameters.as_ref()).expect("they are right");
    let context = Context::new(&parameters, MINOR, Timestamp::UNIX_EPOCH);
    let verdict = case.check.judge(&judged, &Cluster::default(), &context);
    let start = if kind.group().is_empty() { "/api" } else { "/apis" };
    let place = match &judged.meta.namespace {
        Some(namespace) if kind.is_namespaced() => format!("/namespaces/{namespace}"),
        _ => String::new(),
    };
    let path = format!("{start}/{}{place}/{}", judged.api_version, kind.plural());
    Some((matches!(verdict, Verdict::Fail(_)), path))
}

async fn create(client: &Client, path: &str, object: &Json) {
    let request = http::Request::post(path)
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(object.to_string().into_bytes())
        .expect("it is a request");
    if let Err(error) = client.request::<Json>(request).await {
        let text = error.to_string();
        assert!(text.contains("already exists"), "{text}\n{object:#}");
    }
}

/// Creates the policy of a case, bound to the objects with its label.
async fn install(client: &Client, case: &Case) {
    let mut spec = policy_for(case.check, case.parameters.as_ref());
    let label = (LABEL.to_owned(), case.name.clone());
    spec.scope.objects = Some(LabelSelector { match_labels: [label].into(), ..Default::default() });
    let exported = export_all(&case.name, &spec, MINOR);
    assert_eq!(exported.left_out, [], "{}", case.check.id);
    for document in &exported.documents {
        publish(client, document).await;
    }
}

async fn publish(client: &Client, document: &Document) {
    let plural = match document {
        Document::Policy(_) => "validatingadmissionpolicies",
        Document::Binding(_) => "validatingadmissionpolicybindings",
    };
    let object = serde_json::to_value(document).expect("it is JSON");
    create(client, &format!("/apis/admissionregistration.k8s.io/v1/{plural}"), &object).await;
}

/// What the server did with an object.
#[derive(Debug, PartialEq)]
enum Answer {
    Taken,
    Denied,
    /// It is not valid, or something else forbids it, and no policy was asked.
    Invalid,
}

async fn send(client: &Client, path: &str, object: &Json, case: &Case) -> Answer {
    let (status, body) = post(client, path, &object.to_string()).await;
    let message = body["message"].as_str().unwrap_or_default();
    let ours = format!("ValidatingAdmissionPolicy '{}.{}'", case.name, case.check.id);
    match status {
        200 | 201 | 409 => Answer::Taken,
        403 if message.contains(&ours) => Answer::Denied,
        // Other plugins of admission go first, that of RuntimeClasses among them.
        400 | 403 | 404 | 422 => Answer::Invalid,
        _ => panic!("{status}: {message}\n{object:#}"),
    }
}

/// What differs in a case, and how many objects were taken and denied.
async fn ask(client: &Client, case: &Case) -> (Vec<String>, [usize; 3]) {
    install(client, case).await;
    let mut objects = Vec::new();
    for object in &case.objects {
        let mut object = object.clone();
        complete(&mut object);
        object["metadata"]["labels"][LABEL] = json!(case.name);
        objects.extend(asked(&object, case).map(|(is_bad, path)| (object, is_bad, path)));
    }
    // The bad ones first: the server takes a moment to know the policy.
    objects.sort_by_key(|(_, is_bad, _)| !is_bad);
    let (mut problems, mut counts, mut is_there) = (Vec::new(), [0; 3], false);
    for (object, is_bad, path) in objects {
        let mut answer = send(client, &path, &object, case).await;
        for _ in 0..300 {
            if is_there || !is_bad || answer != Answer::Taken {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer = send(client, &path, &object, case).await;
        }
        is_there |= answer == Answer::Denied;
        let index = match answer {
            Answer::Taken => 0,
            Answer::Denied => 1,
            Answer::Invalid => 2,
        };
        counts[index] += 1;
        let expected = if is_bad { Answer::Denied } else { Answer::Taken };
        if answer != Answer::Invalid && answer != expected {
            let id = case.check.id;
            problems.push(format!("{id}: expected {expected:?}, got {answer:?}\n{object:#}"));
        }
    }
    (problems, counts)
}

/// Checks whose bad objects the API server refuses by itself; ephemeral containers come by a
/// subresource of a pod that is there.
const REFUSED_ANYWAY: &[&str] = &[
    "apparmor-annotation-orphan",
    "cronjob-restart-policy-invalid",
    "ephemeral-container-present",
    "proc-mount-unmasked",
    "restart-policy-not-always",
];

#[tokio::test(flavor = "multi_thread")]
async fn exported_policies_deny_what_checks_find() {
    let cases = cases();
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = plane.client();
    let namespaces = cases.iter().flat_map(|case| &case.objects);
    let namespaces = namespaces.filter_map(|object| object["metadata"]["namespace"].as_str());
    for name in namespaces.collect::<BTreeSet<_>>() {
        let namespace =
            json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        create(&client, "/api/v1/namespaces", &namespace).await;
    }
    let answers = stream::iter(&cases).map(|case| ask(&client, case));
    let answers: Vec<_> = answers.buffered(8).collect().await;
    let mut problems = Vec::new();
    let mut all: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (case, (differ, counts)) in cases.iter().zip(answers) {
        problems.extend(differ);
        let known = all.entry(case.check.id).or_default();
        known.iter_mut().zip(counts).for_each(|(known, count)| *known += count);
    }
    let sum = |index: usize| all.values().map(|counts| counts[index]).sum::<usize>();
    println!(
        "{} policies: {} objects taken, {} denied, {} not valid",
        cases.len(),
        sum(0),
        sum(1),
        sum(2)
    );
    for (id, [_, denied, _]) in &all {
        if (*denied == 0) != REFUSED_ANYWAY.contains(id) {
            problems.push(format!("{id}: {denied} objects were denied"));
        }
    }
    assert!(problems.is_empty(), "{} differ:\n{}", problems.len(), problems.join("\n"));
}

const POLICY: &str = include_str!("exported/policy.yaml");
const OBJECTS: &str = include_str!("exported/objects.yaml");

/// What an audit would open items for: for each object, whether it has a finding that nothing
/// exempts.
fn audited(spec: &AuditPolicySpec, objects: &[Json]) -> Vec<bool> {
    let policy = Policy::compile("shop", spec).expect("it can be followed");
    assert_eq!(policy.rejected, []);
    let rules = Rules::new(vec![Arc::new(policy)], MINOR);
    let mut manifest = Manifest::keeping_whole(rules.seen_whole());
    objects.iter().for_each(|object| manifest.add("x.json", &object.to_string()));
    assert_eq!(manifest.problems, []);
    let objects: Vec<_> = manifest.objects.into_iter().map(|loaded| loaded.content).collect();
    let marks: Vec<_> = objects.iter().map(|object| rules.marks(&object.meta)).collect();
    let now = "2026-11-21T12:00:00Z".parse().expect("it is a time");
    let report = evaluate(&rules, &objects, true, now);
    let labels = |name: &str| {
        let is_it = |object: &Object| object.kind == Kind::Namespace && object.meta.name == name;
        objects.iter().position(is_it).map(|position| &marks[position].labels)
    };
    let accepted = report.accept(&rules, |position| &marks[position], labels, &[], now);
    let is_open = |index: usize| accepted.get(&index).is_none_or(|one| one.in_force.is_none());
    let findings = report.findings.iter().enumerate();
    let open: BTreeSet<usize> =
        findings.filter(|(index, _)| is_open(*index)).map(|(_, found)| found.position).collect();
    (0..objects.len()).map(|position| open.contains(&position)).collect()
}

/// Whether policies deny objects; the message says which and why.
async fn denied(client: &Client, objects: &[Json]) -> Vec<Option<String>> {
    let mut all = Vec::new();
    for object in objects {
        let text = |pointer: &str| object.pointer(pointer).and_then(Json::as_str).unwrap_or("");
        let (group, version) =
            text("/apiVersion").split_once('/').unwrap_or(("", text("/apiVersion")));
        let kind = Kind::find(group, text("/kind")).expect("it is known");
        let start = if group.is_empty() { "/api".to_owned() } else { format!("/apis/{group}") };
        let path = match kind {
            Kind::Namespace => "/api/v1/namespaces".to_owned(),
            kind => {
                let namespace = text("/metadata/namespace");
                format!("{start}/{version}/namespaces/{namespace}/{}", kind.plural())
            }
        };
        let (status, body) = post(client, &path, &object.to_string()).await;
        let message = body["message"].as_str().unwrap_or_default().to_owned();
        assert!(matches!(status, 201 | 403 | 409), "{status} {message}");
        all.push((status == 403).then_some(message));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_policies_deny_what_an_audit_opens_items_for() {
    let spec: AuditPolicySpec = serde_saphyr::from_str(POLICY).expect("it is a policy");
    let objects: Vec<Json> = serde_saphyr::from_multiple(OBJECTS).expect("they are objects");
    let expected = audited(&spec, &objects);
    assert!(expected.contains(&true) && expected.contains(&false));
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = plane.client();
    let is_namespace = |object: &&Json| {
        object["kind"] == "Namespace" && object["metadata"]["labels"]["late"].is_null()
    };
    for namespace in objects.iter().filter(is_namespace) {
        create(&client, "/api/v1/namespaces", namespace).await;
    }
    let exported = export_all("shop", &spec, MINOR);
    assert_eq!(exported.left_out, []);
    for document in &exported.documents {
        publish(&client, document).await;
    }
    let is =
        |answers: &[Option<String>]| -> Vec<bool> { answers.iter().map(Option::is_some).collect() };
    let mut answers = denied(&client, &objects).await;
    for _ in 0..60 {
        if is(&answers) == expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        answers = denied(&client, &objects).await;
    }
    let all = objects.iter().zip(&expected).zip(&answers);
    let wrong: Vec<_> = all
        .filter(|((_, expected), answer)| **expected != answer.is_some())
        .map(|((object, expected), answer)| {
            format!("expected {expected}, got {answer:?}: {object}")
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), objects.len(), wrong.join("\n"));
    let messages = answers.iter().flatten().cloned().collect::<Vec<_>>().join("\n");
    for wanted in ["3 keys are more than 2", "no team", "uses `canary`"] {
        assert!(messages.contains(wanted), "{wanted}: {messages}");
    }
}
