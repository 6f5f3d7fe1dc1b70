//! Generated roles, bindings and questions, the same in every run.

use serde_json::{Value, json};

use crate::random::Random;

pub const NAMESPACES: [&str; 3] = ["ant", "bee", "cow"];

const RBAC: &str = "rbac.authorization.k8s.io";
const VERBS: [&str; 8] = ["get", "get", "get", "list", "create", "update", "impersonate", "get "];
const GROUPS: [&str; 7] = ["", "", "", "apps", "apps", RBAC, "Apps"];
const RESOURCES: [&str; 9] =
    ["pods", "pods", "pods", "secrets", "deployments", "deployments", "nodes", "Pods", "pod"];
const SUBRESOURCES: [&str; 4] = ["exec", "scale", "status", "e"];
const NAMES: [&str; 4] = ["web", "api", "a.b", "*"];
const URLS: [&str; 10] = [
    "/metrics",
    "/metrics/cadvisor",
    "/metric",
    "/api",
    "/api/v1",
    "/api/v1/*",
    "/healthz",
    "/healthz/ping",
    "/logs/",
    "/",
];
const RULE_URLS: [&str; 12] = [
    "*",
    "/*",
    "/metrics",
    "/metrics*",
    "/metrics/*",
    "/api/*",
    "/api/**",
    "/healthz",
    "/healthz*",
    "/*/ping",
    "/logs/*",
    "/**",
];
const USERS: [&str; 5] =
    ["alice", "bob", "system:anonymous", "system:kube-scheduler", "system:serviceaccount:"];
const ACCOUNTS: [&str; 3] = ["web", "robot", "default"];
const OWN_GROUPS: [&str; 4] = ["dev", "ops", "system:masters", "system:nodes"];
const LABELS: [&str; 3] = ["to-all", "to-some", "to-chain"];

/// An object to be created: where, and what.
pub type Made = (String, Value);

/// A question: who, in which groups, wants to do what.
#[derive(Clone, Debug)]
pub struct Question {
    pub user: String,
    pub groups: Vec<String>,
    pub verb: &'static str,
    pub asked: Asked,
}

#[derive(Clone, Debug)]
pub enum Asked {
    Url(&'static str),
    Resource {
        namespace: &'static str,
        group: &'static str,
        resource: String,
        subresource: &'static str,
        name: &'static str,
    },
}

/// One to three values of a list; a wildcard now and then.
fn some(random: &mut Random, choices: &[&'static str], one_in: usize) -> Vec<String> {
    if random.one_in(one_in) {
        return vec!["*".to_owned()];
    }
    (0..=random.below(3)).map(|_| random.choose(choices).to_owned()).collect()
}

fn rule(random: &mut Random, is_namespaced: bool) -> Value {
    let verbs = some(random, &VERBS, 3);
    if !is_namespaced && random.one_in(4) {
        let urls: Vec<_> = (0..=random.below(2)).map(|_| random.choose(&RULE_URLS)).collect();
        return json!({ "verbs": verbs, "nonResourceURLs": urls });
    }
    let resources: Vec<String> = (0..=random.below(3))
        .map(|_| {
            let (resource, sub) = (random.choose(&RESOURCES), random.choose(&SUBRESOURCES));
            match random.below(12) {
                0 => "*".to_owned(),
                1 => format!("*/{sub}"),
                2 => format!("{resource}/*"),
                3 => "*/*".to_owned(),
                4..8 => format!("{resource}/{sub}"),
                _ => resource.to_owned(),
            }
        })
        .collect();
    let mut rule = json!({
        "verbs": verbs,
        "apiGroups": some(random, &GROUPS, 3),
        "resources": resources,
    });
    if random.one_in(4) {
        rule["resourceNames"] = some(random, &NAMES, 100).into();
    }
    rule
}

fn rules(random: &mut Random, is_namespaced: bool) -> Vec<Value> {
    (0..=random.below(3)).map(|_| rule(random, is_namespaced)).collect()
}

fn subject(random: &mut Random, is_namespaced: bool) -> Value {
    let group = |name: &str| json!({ "kind": "Group", "name": name, "apiGroup": RBAC });
    let user = |name: String| json!({ "kind": "User", "name": name, "apiGroup": RBAC });
    let (namespace, account) = (random.choose(&NAMESPACES), random.choose(&ACCOUNTS));
    match random.below(10) {
        0 | 1 => user(random.choose(&USERS).to_owned()),
        2 => user(format!("system:serviceaccount:{namespace}:{account}")),
        3 | 4 => group(random.choose(&OWN_GROUPS)),
        5 => group(&format!("system:serviceaccounts:{namespace}")),
        6 if random.one_in(3) => group(random.choose(&[
            "system:authenticated",
            "system:unauthenticated",
            "system:serviceaccounts",
        ])),
        7 if is_namespaced => json!({ "kind": "ServiceAccount", "name": account }),
        _ => json!({ "kind": "ServiceAccount", "name": account, "namespace": namespace }),
    }
}

fn binding(random: &mut Random, name: &str, namespace: Option<&str>, size: usize) -> Value {
    let number = random.below(size + 2);
    let role = match (random.below(8), namespace) {
        (0, _) => {
            json!({ "kind": "ClusterRole", "name": random.choose(&["view", "edit", "gone"]) })
        }
        (1, _) => json!({ "kind": "ClusterRole", "name": format!("whole-{}", random.below(4)) }),
        (2..5, Some(_)) => json!({ "kind": "Role", "name": format!("role-{number}") }),
        _ => json!({ "kind": "ClusterRole", "name": format!("role-{number}") }),
    };
    let subjects: Vec<_> =
        (0..random.below(5)).map(|_| subject(random, namespace.is_some())).collect();
    let mut role = role;
    role["apiGroup"] = RBAC.into();
    json!({ "metadata": { "name": name }, "roleRef": role, "subjects": subjects })
}

/// Aggregation by a label, by expressions, by several selectors, and of what aggregates itself.
fn wholes() -> [Value; 4] {
    let label = |name: &str| json!({ "matchLabels": { name: "true" } });
    let some = json!({ "matchExpressions": [
        { "key": "to-some", "operator": "In", "values": ["true", "yes"] },
        { "key": "to-all", "operator": "DoesNotExist" },
    ] });
    let selectors = [
        json!([label("to-all")]),
        json!([some]),
        json!([label("to-all"), label("to-some")]),
        json!([label("to-chain")]),
    ];
    let mut number = 0;
    selectors.map(|selectors| {
        let mut labels = json!({});
        if number < 2 {
            labels["to-chain"] = "true".into();
        }
        let name = format!("whole-{number}");
        number += 1;
        json!({
            "metadata": { "name": name, "labels": labels },
            "aggregationRule": { "clusterRoleSelectors": selectors },
            "rules": [],
        })
    })
}

/// Roles and bindings, `size` of each kind; those of a namespace in every namespace.
pub fn objects(random: &mut Random, size: usize) -> Vec<Made> {
    let path = |namespace: Option<&str>, plural: &str| match namespace {
        Some(namespace) => format!("/apis/{RBAC}/v1/namespaces/{namespace}/{plural}"),
        None => format!("/apis/{RBAC}/v1/{plural}"),
    };
    let mut made: Vec<Made> =
        wholes().map(|whole| (path(None, "clusterroles"), whole)).into_iter().collect();
    for number in 0..size {
        let mut labels = json!({});
        if random.one_in(3) {
            labels[random.choose(&LABELS)] = random.choose(&["true", "yes"]).into();
        }
        let metadata = json!({ "name": format!("role-{number}"), "labels": labels });
        let role = json!({ "metadata": metadata, "rules": rules(random, false) });
        made.push((path(None, "clusterroles"), role));
        let bound = binding(random, &format!("binding-{number}"), None, size);
        made.push((path(None, "clusterrolebindings"), bound));
        for namespace in NAMESPACES {
            let metadata = json!({ "name": format!("role-{number}") });
            let role = json!({ "metadata": metadata, "rules": rules(random, true) });
            made.push((path(Some(namespace), "roles"), role));
            let name = format!("binding-{number}");
            let bound = binding(random, &name, Some(namespace), size);
            made.push((path(Some(namespace), "rolebindings"), bound));
        }
    }
    made
}

impl Question {
    pub fn any(random: &mut Random) -> Self {
        let (user, groups) = caller(random);
        let verb = random.choose(&VERBS);
        if random.one_in(6) {
            return Self { user, groups, verb, asked: Asked::Url(random.choose(&URLS)) };
        }
        let resource = random.choose(&RESOURCES);
        let (subresource, resource) = match random.below(10) {
            0..5 => ("", resource.to_owned()),
            5 => ("", format!("{resource}/{}", random.choose(&SUBRESOURCES))),
            6 => ("", "*".to_owned()),
            _ => (random.choose(&SUBRESOURCES), resource.to_owned()),
        };
        let asked = Asked::Resource {
            namespace: random.choose(&["", "", "ant", "bee", "cow", "elsewhere"]),
            group: random.choose(&GROUPS),
            resource,
            subresource,
            name: random.choose(&["", "", "web", "api", "a.b"]),
        };
        Self { user, groups, verb, asked }
    }
}

/// Somebody, mostly with the groups that a login would give, now and then without.
fn caller(random: &mut Random) -> (String, Vec<String>) {
    let (namespace, account) = (random.choose(&NAMESPACES), random.choose(&ACCOUNTS));
    let mut groups = Vec::new();
    if random.one_in(3) {
        let known = if random.one_in(8) { &OWN_GROUPS[..] } else { &OWN_GROUPS[..2] };
        groups.push(random.choose(known).to_owned());
    }
    if random.one_in(2) {
        groups.push("system:authenticated".to_owned());
        return (random.choose(&USERS).to_owned(), groups);
    }
    if !random.one_in(5) {
        groups.push("system:serviceaccounts".to_owned());
        groups.push(format!("system:serviceaccounts:{namespace}"));
    }
    (format!("system:serviceaccount:{namespace}:{account}"), groups)
}
