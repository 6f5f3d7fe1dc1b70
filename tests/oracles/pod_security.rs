//! Pod Security admission: it forbids a Pod, and warns of a Deployment, exactly where the profiles
//! `pss-baseline` and `pss-restricted` find something, and for the same controls. So do the checks
//! `pod-security-baseline` and `pod-security-restricted`, at the version of the namespace.

mod case;
mod controls;
mod pods;
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use case::{Case, Form, LEVELS, VERSIONS, existing_pods, namespace, namespace_object};
use control_plane::ControlPlane;
use controls::CONTROLS;
use futures::{StreamExt, stream};
use holystone::{
    checks::{self, Context, Verdict},
    model::{Cluster, Facts, Kind, Object, decode},
};
use http::Request;
use jiff::Timestamp;
use kube::Client;
use serde_json::Value;
use server::{Answer, ask};

use crate::{is_large, random::Random};

type Controls = BTreeSet<&'static str>;

/// The controls whose checks fail, each by itself.
fn failing(case: &Case, object: &Object) -> Controls {
    let profile = format!("pss-{}", case.level);
    let failing = checks::profile(&profile).expect("the profile exists").into_iter();
    let failing = failing.filter(|check| {
        let parameters = checks::profile_parameters(&profile, check.id);
        let parameters = check.parse_parameters(parameters.as_ref()).expect("they are valid");
        let context = Context::new(&parameters, case.minor, Timestamp::UNIX_EPOCH);
        let verdict = check.judge(object, &Cluster::default(), &context);
        matches!(verdict, Verdict::Fail(_))
    });
    failing.flat_map(|check| controls::of_check(check.id, case.level, case.minor)).collect()
}

/// The controls that the check of the level as a whole names.
fn named(case: &Case, object: &Object, server_minor: u16) -> Controls {
    let check = checks::find(&format!("pod-security-{}", case.level)).expect("the check exists");
    let namespace = namespace_object(case.level, case.version).to_string();
    let namespace = decode(Kind::Namespace, &namespace).expect("the Namespace can be decoded");
    let mut cluster = Cluster::default();
    cluster.insert(Facts::of(&namespace));
    let parameters = check.parse_parameters(None).expect("there are none");
    let context = Context::new(&parameters, server_minor, Timestamp::UNIX_EPOCH);
    match check.judge(object, &cluster, &context) {
        Verdict::Pass => Controls::new(),
        Verdict::Fail(finding) => {
            let is_named = |control: &&str| finding.message.contains(&format!("`{control}`"));
            CONTROLS.iter().map(|(_, control, _)| *control).filter(is_named).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// What was answered.
#[derive(Default)]
struct Tally {
    server_minor: u16,
    /// By form and level: how many the server admits, and how many violate a control.
    judged: BTreeMap<(Form, &'static str), [usize; 2]>,
    controls: BTreeMap<&'static str, usize>,
    refused: usize,
    problems: Vec<String>,
}

impl Tally {
    fn add(&mut self, case: &Case, answer: Answer) {
        let Answer::Judged { controls, stored } = answer else {
            self.refused += 1;
            return;
        };
        self.compare(case, &case.object, &controls);
        if let Some(stored) = stored {
            self.compare(case, &stored, &controls);
        }
        let counts = self.judged.entry((case.form, case.level)).or_default();
        counts[usize::from(!controls.is_empty())] += 1;
        controls.into_iter().for_each(|control| *self.controls.entry(control).or_default() += 1);
    }

    fn compare(&mut self, case: &Case, object: &Value, wanted: &Controls) {
        let decoded = case.decoded(object);
        let failing = failing(case, &decoded);
        let named = named(case, &decoded, self.server_minor);
        if failing != *wanted || named != *wanted {
            let Case { form, level, version, .. } = case;
            self.problems.push(format!(
                "{form:?} at {level} {version}: the server names {wanted:?}, {failing:?} fail, \
                 the whole names {named:?}: {object}"
            ));
        }
    }

    /// How many the server admits, and how many violate a control.
    fn total(&self) -> [usize; 2] {
        self.judged.values().fold([0, 0], |[a, b], [more_a, more_b]| [a + more_a, b + more_b])
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for ((form, level), [admitted, violating]) in &self.judged {
            let _ = writeln!(text, "{form:?} {level}: {admitted} admitted, {violating} violating");
        }
        let [admitted, violating] = self.total();
        let Self { controls, refused, problems, .. } = self;
        let _ = writeln!(text, "{controls:?}\n{} judged, {refused} invalid", admitted + violating);
        let _ = write!(text, "{} disagreements", problems.len());
        text
    }
}

/// Makes the namespaces, and the Pods that get ephemeral containers.
async fn prepare(client: &Client) {
    let namespaces = LEVELS.iter().flat_map(|level| VERSIONS.map(|version| (*level, version)));
    let prepared = namespaces.map(|(level, version)| async move {
        create(client, "/api/v1/namespaces", &namespace_object(level, version)).await;
        let pods = format!("/api/v1/namespaces/{}/pods", namespace(level, version));
        for pod in existing_pods() {
            create(client, &pods, &pod).await;
        }
    });
    stream::iter(prepared).buffer_unordered(8).collect::<()>().await;
}

async fn create(client: &Client, path: &str, object: &Value) {
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.body(object.to_string().into_bytes()).expect("it is a request");
    client.request::<Value>(request).await.expect("the object is created");
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_are_those_of_pod_security_admission() {
    let count = if is_large() { 12_000 } else { 600 };
    let plane = ControlPlane::builder().audit(false).start().await.expect("it starts");
    let client = plane.client();
    let version = client.apiserver_version().await.expect("the server answers");
    let server_minor = version.minor.parse().expect("it is a number");
    prepare(&client).await;
    let mut random = Random(11);
    let cases: Vec<Case> = (0..count).map(|_| Case::any(&mut random, server_minor)).collect();
    let answers: Vec<Answer> =
        stream::iter(&cases).map(|case| ask(&client, case)).buffered(8).collect().await;
    let mut tally = Tally { server_minor, ..Tally::default() };
    cases.iter().zip(answers).for_each(|(case, answer)| tally.add(case, answer));
    println!("{}", tally.text());
    assert!(tally.problems.is_empty(), "{}", tally.problems.join("\n"));
    let [admitted, violating] = tally.total();
    assert!(admitted.min(violating) > count / 4, "too few: {}", tally.text());
    let unnamed = CONTROLS.iter().find(|(_, control, _)| !tally.controls.contains_key(control));
    assert_eq!(unnamed, None, "the server named every control");
}
