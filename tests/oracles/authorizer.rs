//! The authorizer: a real API server answers a `SubjectAccessReview` as our graph of roles and
//! bindings does, and its controller manager aggregates roles as we resolve them.

mod world;

use std::{collections::BTreeSet, time::Duration};

use control_plane::ControlPlane;
use futures::{StreamExt, stream};
use holystone::model::{
    self, Caller, Cluster, Decision, Facts, Kind, Object, Request, Span, decode,
};
use kube::Client;
use serde_json::{Value, json};
use world::{Asked, Made, NAMESPACES, Question};

use crate::random::Random;

const KINDS: [Kind; 4] =
    [Kind::ClusterRole, Kind::Role, Kind::ClusterRoleBinding, Kind::RoleBinding];
const PATIENCE: Duration = Duration::from_mins(1);

async fn create(client: &Client, path: &str, object: &Value) -> Value {
    let request = http::Request::post(path).header("content-type", "application/json");
    let request = request.body(object.to_string().into_bytes()).expect("it is a request");
    let created = client.request::<Value>(request).await;
    created.unwrap_or_else(|error| panic!("{path} takes {object}: {error}"))
}

async fn create_all(client: &Client, objects: &[Made]) {
    let created = objects.iter().map(|(path, object)| create(client, path, object));
    stream::iter(created).buffer_unordered(16).collect::<Vec<_>>().await;
}

async fn eventually(what: &str, attempt: impl AsyncFn() -> bool) {
    let attempts = async {
        while !attempt().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, attempts).await.is_ok(), "not in time: {what}");
}

/// All objects of a kind, as the server has them.
async fn list(client: &Client, kind: Kind) -> Vec<Object> {
    let path = format!("/apis/{}/{}/{}", kind.group(), kind.version(), kind.plural());
    let request = http::Request::get(path).body(Vec::new()).expect("it is a request");
    let list: Value = client.request(request).await.expect("the kind is listed");
    let items = list["items"].as_array().expect("it is a list");
    items.iter().map(|item| decode(kind, &item.to_string()).expect("it is decoded")).collect()
}

/// The roles and bindings of the server. As in files, the rules of what aggregates may be left out.
async fn graph(client: &Client, is_filled_in: bool) -> Cluster {
    let mut cluster = Cluster::default();
    for kind in KINDS {
        for mut object in list(client, kind).await {
            if let model::Body::Role(role) = &mut object.body
                && role.aggregation_rule.is_some()
                && !is_filled_in
            {
                role.rules.clear();
            }
            cluster.insert(Facts::of(&object));
        }
        cluster.set_complete(kind, true);
    }
    cluster
}

/// The rules of an aggregated role, as texts.
fn rules(cluster: &Cluster, name: &str) -> BTreeSet<String> {
    let role = cluster.find(Kind::ClusterRole, "", name).expect("the role is there");
    let rules = std::cell::RefCell::new(BTreeSet::new());
    cluster.rbac().any_rule(role, |rule| {
        rules.borrow_mut().insert(format!("{rule:?}"));
        false
    });
    rules.into_inner()
}

/// Waits until the controller manager has filled in what we resolve.
async fn wait_for_aggregation(client: &Client) {
    eventually("roles are aggregated as we resolve them", async || {
        let (filled, resolved) = (graph(client, true).await, graph(client, false).await);
        let mut names = vec!["admin".to_owned(), "edit".to_owned(), "view".to_owned()];
        names.extend((0..4).map(|number| format!("whole-{number}")));
        names.iter().all(|name| rules(&filled, name) == rules(&resolved, name))
    })
    .await;
}

/// The authorizer learns of each kind in the order of its changes: once it knows the last one, it
/// knows them all.
async fn wait_for_the_authorizer(client: &Client) {
    let group = "/apis/rbac.authorization.k8s.io/v1";
    let last = json!({ "verbs": ["last"], "apiGroups": ["last"], "resources": ["last"] });
    let role = json!({ "metadata": { "name": "last" }, "rules": [last] });
    let binding = |kind: &str, user: &str| {
        let api_group = "rbac.authorization.k8s.io";
        json!({
            "metadata": { "name": "last" },
            "roleRef": { "apiGroup": api_group, "kind": kind, "name": "last" },
            "subjects": [{ "apiGroup": api_group, "kind": "User", "name": user }],
        })
    };
    create(client, &format!("{group}/clusterroles"), &role).await;
    create(client, &format!("{group}/clusterrolebindings"), &binding("ClusterRole", "wide")).await;
    create(client, &format!("{group}/namespaces/ant/roles"), &role).await;
    let bindings = format!("{group}/namespaces/ant/rolebindings");
    create(client, &bindings, &binding("Role", "narrow")).await;
    for user in ["wide", "narrow"] {
        let question = Question {
            user: user.to_owned(),
            groups: Vec::new(),
            verb: "last",
            asked: Asked::Resource {
                namespace: "ant",
                group: "last",
                resource: "last".to_owned(),
                subresource: "",
                name: "",
            },
        };
        eventually("the authorizer is up to date", async || ask(client, &question).await).await;
    }
}

/// What the API server answers.
async fn ask(client: &Client, question: &Question) -> bool {
    let Question { user, groups, verb, asked } = question;
    let mut spec = json!({ "user": user, "groups": groups });
    match asked {
        Asked::Url(path) => spec["nonResourceAttributes"] = json!({ "verb": verb, "path": path }),
        Asked::Resource { namespace, group, resource, subresource, name } => {
            spec["resourceAttributes"] = json!({
                "namespace": namespace,
                "verb": verb,
                "group": group,
                "resource": resource,
                "subresource": subresource,
                "name": name,
            });
        }
    }
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": spec,
    });
    let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    let answer = create(client, path, &review).await;
    answer["status"]["allowed"].as_bool().expect("it is answered")
}

/// What we answer. The bindings that allow it to anybody say the same.
fn answer(cluster: &Cluster, question: &Question) -> bool {
    let groups = question.groups.iter().map(String::as_str);
    let caller = Caller::new(&question.user, groups);
    let (asked, namespace) = match &question.asked {
        Asked::Url(path) => (model::Asked::Url(path), None),
        Asked::Resource { namespace, group, resource, subresource, name } => {
            let namespace = Some(*namespace).filter(|namespace| !namespace.is_empty());
            (model::Asked::Resource { group, resource, subresource, name }, namespace)
        }
    };
    let request = Request { verb: question.verb, asked };
    let decision = cluster.rbac().decide(&caller, &request, namespace);
    if decision != Decision::AboveRbac {
        let span = namespace.map_or(Span::Cluster, Span::Namespace);
        let bindings = cluster.rbac().who_can(&request, span);
        let is_meant = bindings.iter().any(|facts| {
            let binding = facts.binding().expect("it is a binding");
            let mut subjects = binding.subjects.iter();
            subjects.any(|one| one.who(facts.key.scope()).is_some_and(|who| caller.is(who)))
        });
        assert_eq!(decision.is_allowed(), is_meant, "{question:?}");
    }
    decision.is_allowed()
}

/// What the questions were about: of each sort, how many are denied and how many allowed.
#[derive(Debug, Default)]
struct Tally {
    urls: [usize; 2],
    subresources: [usize; 2],
    names: [usize; 2],
    others: [usize; 2],
}

impl Tally {
    fn add(&mut self, question: &Question, is_allowed: bool) {
        let counts = match &question.asked {
            Asked::Url(_) => &mut self.urls,
            Asked::Resource { subresource, .. } if !subresource.is_empty() => {
                &mut self.subresources
            }
            Asked::Resource { name, .. } if !name.is_empty() => &mut self.names,
            Asked::Resource { .. } => &mut self.others,
        };
        counts[usize::from(is_allowed)] += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_do_what_is_what_the_authorizer_answers() {
    let large = std::env::var("HOLYSTONE_ORACLE").is_ok_and(|size| size == "large");
    let (size, count) = if large { (60, 6_000) } else { (30, 300) };
    let builder = ControlPlane::builder().controller_manager(true).audit(false);
    let plane = builder.start().await.expect("it starts");
    let client = plane.client();
    let mut random = Random(7);
    for namespace in NAMESPACES {
        let object = json!({ "metadata": { "name": namespace } });
        create(&client, "/api/v1/namespaces", &object).await;
    }
    create_all(&client, &world::objects(&mut random, size)).await;
    wait_for_aggregation(&client).await;
    wait_for_the_authorizer(&client).await;
    let (filled, resolved) = (graph(&client, true).await, graph(&client, false).await);
    let questions: Vec<_> = (0..count).map(|_| Question::any(&mut random)).collect();
    let answers = stream::iter(&questions).map(|question| ask(&client, question));
    let answers: Vec<bool> = answers.buffered(16).collect().await;
    let mut tally = Tally::default();
    for (question, is_allowed) in questions.iter().zip(answers) {
        tally.add(question, is_allowed);
        assert_eq!(answer(&filled, question), is_allowed, "{question:?}");
        assert_eq!(answer(&resolved, question), is_allowed, "as in files: {question:?}");
    }
    println!("{count} questions, [denied, allowed]: {tally:?}");
    for [denied, allowed] in [tally.urls, tally.subresources, tally.names, tally.others] {
        assert!(denied.min(allowed) > count / 100, "too few of a sort: {tally:?}");
    }
}
