//! Defaulting: an object of a file is to us what the API server makes of it, and every check says
//! the same of both.

mod case;
mod given;
mod texts;

use std::collections::BTreeMap;

use case::{Case, Starts};
use control_plane::ControlPlane;
use futures::{StreamExt, stream};
use holystone::{
    checks::{self, Context, Verdict},
    manifests::Manifest,
    model::{Cluster, Object},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{is_large, post::post, random::Random};

/// Admission plugins that fill in what defaulting does not, or ask for other objects.
const NO_PLUGINS: &str = "--disable-admission-plugins=ServiceAccount,Priority,\
    DefaultTolerationSeconds,RuntimeClass,DefaultStorageClass,DefaultIngressClass,\
    StorageObjectInUseProtection,TaintNodesByCondition,LimitRanger,ResourceQuota";

/// An object as we read it from a file. It is said to come from a server, for what a file says of
/// replicas only counts before.
fn read(mut object: Value) -> Object {
    object["metadata"]["resourceVersion"] = "1".into();
    let mut manifest = Manifest::default();
    manifest.add("oracle.json", &object.to_string());
    assert_eq!(manifest.problems, [], "{object}");
    manifest.objects.remove(0).content
}

/// What differs between an object that was sent and what the server would store.
fn differences(case: &Case, stored: Value, minor: u16) -> Vec<String> {
    let sent = read(case.object.clone());
    let stored = read(given::without(case, stored));
    let mut differences = Vec::new();
    let mut compare = |what: &str, sent: String, stored: String| {
        if sent != stored {
            differences.push(difference(what, &sent, &stored));
        }
    };
    compare("labels", format!("{:?}", sent.meta.labels), format!("{:?}", stored.meta.labels));
    let annotations = |object: &Object| format!("{:?}", object.meta.annotations);
    compare("annotations", annotations(&sent), annotations(&stored));
    if sent.body != stored.body {
        compare("body", format!("{:?}", sent.body), format!("{:?}", stored.body));
    }
    for check in checks::ALL {
        let judge = |object: &Object| verdict(check, object, minor);
        let (sent, stored) = (judge(&sent), judge(&stored));
        if sent != stored {
            compare(check.id, format!("{sent:?}"), format!("{stored:?}"));
        }
    }
    differences
}

fn verdict(check: &checks::Check, object: &Object, minor: u16) -> Verdict {
    let parameters = check.parse_parameters(None).expect("the defaults are valid");
    let context = Context::new(&parameters, minor, Timestamp::UNIX_EPOCH);
    check.judge(object, &Cluster::default(), &context)
}

/// Two texts from where they part.
fn difference(what: &str, sent: &str, stored: &str) -> String {
    let same = sent.chars().zip(stored.chars()).take_while(|(a, b)| a == b).count();
    let part =
        |text: &str| text.chars().skip(same.saturating_sub(80)).take(200).collect::<String>();
    format!("{what}\n    ours:   {}\n    server: {}", part(sent), part(stored))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_of_a_file_is_read_as_the_api_server_would_store_it() {
    // Without the gate the server drops the field.
    let arguments = [NO_PLUGINS, "--feature-gates=MaxUnavailableStatefulSet=true"];
    let builder = ControlPlane::builder().audit(false).extra_apiserver_args(arguments);
    let plane = builder.start().await.expect("it starts");
    let client = plane.client();
    let version = client.apiserver_version().await.expect("the server answers");
    let minor = version.minor.parse().expect("it is a number");
    let cases = Starts::read().cases(if is_large() { 400 } else { 25 }, &mut Random(5));
    let asked = stream::iter(&cases).map(|case| {
        let (client, text) = (&client, case.object.to_string());
        async move { post(client, &case.path, &text).await }
    });
    let answers: Vec<(u16, Value)> = asked.buffered(8).collect().await;
    let mut problems = Vec::new();
    let mut tally: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (case, (status, stored)) in cases.iter().zip(answers) {
        let is_taken = status < 300;
        tally.entry(case.kind.name()).or_default()[usize::from(is_taken)] += 1;
        if !is_taken {
            assert!(matches!(status, 400 | 403 | 422), "{status}: {stored}\n{}", case.object);
            continue;
        }
        for difference in differences(case, stored, minor) {
            problems.push(format!("{} {difference}\n  {}", case.kind, case.object));
        }
    }
    println!("refused and taken: {tally:?}");
    println!("{} sent, {} disagreements", cases.len(), problems.len());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let few = tally.iter().find(|(_, [_, taken])| *taken < cases.len() / 400);
    assert_eq!(few, None, "enough of each kind are taken");
}
