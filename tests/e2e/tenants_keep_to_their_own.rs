//! Teams see and triage what is theirs, and nothing else: with the roles and the admission policy of `config/`, and
//! the tokens of their accounts.

use std::{fmt::Write as _, time::Duration};

use holystone::api::{ActionItem, AuditPolicy, State};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};

use crate::support::{Cluster, OWN_NAMESPACE, PRIVILEGED, deployment, item_manifest, target};

/// Who is asked: the account, its namespace, and the role that it has there or everywhere.
const PEOPLE: &[(&str, &str, &str, bool)] = &[
    ("viewer", "shop", "view", false),
    ("editor", "shop", "edit", false),
    ("admin", "shop", "admin", false),
    ("wildcard", "shop", "everything", false),
    ("editor", "bank", "edit", false),
    ("auditor", "audit", "holystone-auditor", true),
    ("policies", "audit", "holystone-policy-editor", true),
    ("flux", "flux-system", "holystone-manager", true),
];

/// What is asked: how it is called, verb, resource, subresource and namespace.
const QUESTIONS: &[(&str, &str, &str, &str, &str)] = &[
    ("get actionitems -n shop", "get", "actionitems", "", "shop"),
    ("list actionitems -n bank", "list", "actionitems", "", "bank"),
    ("patch actionitems -n shop", "patch", "actionitems", "", "shop"),
    ("patch actionitems/status -n shop", "patch", "actionitems", "status", "shop"),
    ("create actionitems -n shop", "create", "actionitems", "", "shop"),
    ("delete actionitems -n shop", "delete", "actionitems", "", "shop"),
    ("manage actionitems -n holystone-system", "manage", "actionitems", "", OWN_NAMESPACE),
    ("get auditpolicies", "get", "auditpolicies", "", ""),
    ("update auditpolicies", "update", "auditpolicies", "", ""),
];

/// A cluster with findings of two teams.
struct Tenancy {
    cluster: Cluster,
    clients: Vec<Client>,
    _controller: crate::support::Controller,
}

const RBAC: &str = "rbac.authorization.k8s.io";

async fn bind(
    cluster: &Cluster,
    (account, home, role, is_cluster_wide): &(&str, &str, &str, bool),
) {
    let (kind, namespace) = match is_cluster_wide {
        true => ("ClusterRoleBinding", json!(null)),
        false => ("RoleBinding", json!(home)),
    };
    let binding = json!({
        "apiVersion": format!("{RBAC}/v1"), "kind": kind,
        "metadata": { "name": account, "namespace": namespace },
        "roleRef": { "apiGroup": RBAC, "kind": "ClusterRole", "name": role },
        "subjects": [{ "kind": "ServiceAccount", "name": account, "namespace": home }],
    });
    cluster.apply(&binding.to_string()).await;
}

impl Tenancy {
    async fn start() -> Self {
        let cluster = Cluster::start_with_controllers().await;
        for yaml in [
            include_str!("../../config/tenants/roles.yaml"),
            include_str!("../../config/rbac/aggregation.yaml"),
        ] {
            cluster.apply(yaml).await;
        }
        let everything = json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRole",
            "metadata": { "name": "everything" },
            "rules": [{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["*"] }],
        });
        cluster.apply(&everything.to_string()).await;
        for namespace in ["shop", "bank", "audit", "flux-system"] {
            cluster.create_namespace(namespace).await;
        }
        let policy = format!("{{checks: {{profiles: [], include: [{PRIVILEGED}]}}}}");
        cluster.apply_policy("baseline", &policy).await;
        let controller = cluster.controller();
        let mut clients = Vec::new();
        for person in PEOPLE {
            bind(&cluster, person).await;
            let client = cluster.plane.client_for(person.1, person.0).await;
            clients.push(client.expect("the account gets a token"));
        }
        for namespace in ["shop", "bank"] {
            cluster.apply(&deployment(namespace, "web", true)).await;
            let web = target("apps", "Deployment", namespace, "web");
            cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
        }
        let tenancy = Self { cluster, clients, _controller: controller };
        let editor = tenancy.items(1, "shop");
        tenancy
            .cluster
            .eventually("roles are aggregated", async || {
                editor.list(&ListParams::default()).await.ok()
            })
            .await;
        tenancy.admission_is_there().await;
        tenancy
    }

    /// Items of a namespace, as one of [`PEOPLE`] sees them.
    fn items(&self, person: usize, namespace: &str) -> Api<ActionItem> {
        Api::namespaced(self.clients[person].clone(), namespace)
    }

    /// The API server takes a moment to know the policy.
    async fn admission_is_there(&self) {
        let wildcard = self.items(3, "shop");
        let forged: ActionItem = serde_json::from_value(forged()).expect("it is an item");
        let parameters = PostParams { dry_run: true, ..PostParams::default() };
        self.cluster
            .eventually("the admission policy is in force", async || {
                wildcard.create(&parameters, &forged).await.err()
            })
            .await;
    }

    /// The name of the item of a team.
    async fn name(&self, namespace: &str) -> String {
        let web = target("apps", "Deployment", namespace, "web");
        let item = self.cluster.item(PRIVILEGED, &web).await;
        item.expect("it is there").name_any()
    }
}

fn forged() -> Value {
    let other = target("apps", "Deployment", "shop", "other");
    item_manifest(PRIVILEGED, &other, &json!({}))
}

/// Who is refused, and in which words.
fn refusal<T: std::fmt::Debug>(answer: Result<T, kube::Error>) -> String {
    match answer {
        Err(kube::Error::Api(status)) => status.message,
        other => panic!("this is refused: {other:?}"),
    }
}

async fn merge(
    items: &Api<ActionItem>,
    name: &str,
    patch: Value,
) -> Result<ActionItem, kube::Error> {
    items.patch(name, &PatchParams::default(), &Patch::Merge(patch)).await
}

/// What everybody may do, as `docs/tenants.md` shows it.
async fn table(tenancy: &Tenancy) -> String {
    let heads = PEOPLE.iter().map(|(_, home, role, is_cluster_wide)| match is_cluster_wide {
        true => format!("`{role}`"),
        false => format!("`{}` in {home}", if *role == "everything" { "*" } else { role }),
    });
    let heads: Vec<_> = heads.collect();
    let rule = vec!["---"; PEOPLE.len() + 1].join("|");
    let mut text = format!("| `kubectl auth can-i` | {} |\n|{rule}|\n", heads.join(" | "));
    for (words, verb, resource, subresource, namespace) in QUESTIONS {
        let mut answers = Vec::new();
        for client in &tenancy.clients {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let attributes = ResourceAttributes {
                group: some("holystone.dev"),
                verb: some(verb),
                resource: some(resource),
                subresource: some(subresource),
                namespace: some(namespace),
                ..ResourceAttributes::default()
            };
            let review = SelfSubjectAccessReview {
                spec: SelfSubjectAccessReviewSpec {
                    resource_attributes: Some(attributes),
                    ..SelfSubjectAccessReviewSpec::default()
                },
                ..SelfSubjectAccessReview::default()
            };
            let reviews = Api::<SelfSubjectAccessReview>::all(client.clone());
            let review = reviews.create(&PostParams::default(), &review).await.expect("it is told");
            answers.push(if review.status.is_some_and(|one| one.allowed) { "yes" } else { "no" });
        }
        let _ = writeln!(text, "| `{words}` | {} |", answers.join(" | "));
    }
    text
}

#[tokio::test]
async fn teams_see_and_triage_their_own_and_nothing_else() {
    let tenancy = Tenancy::start().await;
    let guide = include_str!("../../docs/tenants.md");
    let table = table(&tenancy).await;
    assert!(guide.contains(&table), "docs/tenants.md tells otherwise:\n{table}");

    let (viewer, editor, wildcard) =
        (tenancy.items(0, "shop"), tenancy.items(1, "shop"), tenancy.items(3, "shop"));
    let name = tenancy.name("shop").await;
    assert_eq!(viewer.list(&ListParams::default()).await.unwrap().items.len(), 1);
    refusal(merge(&viewer, &name, json!({ "spec": { "assignee": "me" } })).await);
    refusal(tenancy.items(1, "bank").list(&ListParams::default()).await);
    refusal(tenancy.items(4, "shop").get(&name).await);
    refusal(tenancy.items(3, "bank").list(&ListParams::default()).await);
    let all = Api::<ActionItem>::all(tenancy.clients[5].clone());
    assert_eq!(all.list(&ListParams::default()).await.unwrap().items.len(), 2);

    let links = json!([{ "name": "jira", "url": "https://jira.example.com/SHOP-7" }]);
    let triage = json!({ "metadata": { "labels": { "team": "a" } },
        "spec": { "assignee": "alice@example.com", "links": links } });
    merge(&editor, &name, triage).await.expect("it is theirs");
    can_not_cheat(&tenancy, &name).await;

    let user = "system:serviceaccount:shop:editor";
    for by in [json!(null), json!(user)] {
        let decision = json!({ "reason": "risk-accepted", "note": "SEC-12", "by": by });
        merge(&editor, &name, json!({ "spec": { "decision": null } })).await.expect("they undo it");
        merge(&editor, &name, json!({ "spec": { "decision": decision } }))
            .await
            .expect("they decide");
        let web = target("apps", "Deployment", "shop", "web");
        tenancy.cluster.item_becomes(PRIVILEGED, &web, State::Exempt).await;
    }
    // Another of the team changes something else, and the decision stays whose it is.
    let other = json!({ "spec": { "assignee": "bob@example.com" } });
    let changed = merge(&wildcard, &name, other).await.expect("it is theirs, too");
    assert_eq!(changed.spec.decision.unwrap().by.as_deref(), Some(user));
    committed_in_advance(&tenancy).await;
    decides_for_others(&tenancy, &name).await;
    policies_are_for_their_editors(&tenancy).await;

    let shop = tenancy.cluster.object("v1", "Namespace", "", "shop");
    shop.delete().await;
    let is_gone = async || shop.get().await.is_none().then_some(());
    tenancy.cluster.eventually("the namespace is gone, its items with it", is_gone).await;
}

/// Neither forges, closes nor deletes anybody an item, blocks a namespace, or decides for others.
async fn can_not_cheat(tenancy: &Tenancy, name: &str) {
    let (editor, wildcard) = (tenancy.items(1, "shop"), tenancy.items(3, "shop"));
    let deployment = tenancy.cluster.deployment("shop", "web").uid().await;
    let owner =
        json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": deployment });
    let big: String = "x".repeat(5000);
    for (patch, wanted) in [
        (json!({ "metadata": { "ownerReferences": [owner] } }), "an item has no ownerReferences"),
        (json!({ "metadata": { "finalizers": ["example.com/x"] } }), "an item has no finalizers"),
        (
            json!({ "metadata": { "labels": { "holystone.dev/check": "x" } } }),
            "use a label of your own",
        ),
        (
            json!({ "metadata": { "labels": { "holystone.dev/kind": null } } }),
            "use a label of your own",
        ),
        (json!({ "metadata": { "annotations": { "a": big } } }), "at most 4096 characters"),
        (
            json!({ "spec": { "decision": { "reason": "will-not-fix", "by": "ciso@example.com" } } }),
            "leave spec.decision.by out, or set it to system:serviceaccount:shop:",
        ),
    ] {
        for items in [&editor, &wildcard] {
            let said = refusal(merge(items, name, patch.clone()).await);
            assert!(said.contains(wanted), "{said}");
        }
    }
    let closed = Patch::Merge(json!({ "status": { "state": "Resolved" } }));
    let said = refusal(wildcard.patch_status(name, &PatchParams::default(), &closed).await);
    assert!(
        said.contains("written by Holystone alone; to accept the finding, set spec.decision"),
        "{said}"
    );
    refusal(editor.patch_status(name, &PatchParams::default(), &closed).await);
    let forged: ActionItem = serde_json::from_value(forged()).expect("it is an item");
    let ours = "items are created and deleted by Holystone alone";
    let said = refusal(wildcard.create(&PostParams::default(), &forged).await);
    assert!(said.contains(ours), "{said}");
    let applied = PatchParams::apply("kubectl");
    let said = refusal(wildcard.patch(&forged.name_any(), &applied, &Patch::Apply(&forged)).await);
    assert!(said.contains(ours), "{said}");
    let said = refusal(wildcard.delete(name, &DeleteParams::default()).await);
    assert!(said.contains(ours), "{said}");
    let all = wildcard.delete_collection(&DeleteParams::default(), &ListParams::default()).await;
    assert!(refusal(all).contains(ours));
    refusal(editor.delete(name, &DeleteParams::default()).await);
    refusal(editor.create(&PostParams::default(), &forged).await);
}

/// Whoever may manage items commits a decision before there is a finding, in anybody's name.
async fn committed_in_advance(tenancy: &Tenancy) {
    let decision = json!({ "decision": { "reason": "will-not-fix", "by": "alice@example.com" } });
    let job = target("apps", "Deployment", "shop", "later");
    let committed: ActionItem =
        serde_json::from_value(item_manifest(PRIVILEGED, &job, &decision)).expect("it is an item");
    let applied = PatchParams::apply("flux").force();
    let flux = tenancy.items(7, "shop");
    let name = committed.name_any();
    flux.patch(&name, &applied, &Patch::Apply(&committed)).await.expect("it may");
    tenancy.cluster.item_is_resolved(PRIVILEGED, &job, "NoFinding").await;
    tenancy.cluster.apply(&deployment("shop", "later", true)).await;
    tenancy.cluster.item_becomes(PRIVILEGED, &job, State::Exempt).await;
}

/// A right in the controller's namespace, and not in one's own, lets an account decide for others.
async fn decides_for_others(tenancy: &Tenancy, name: &str) {
    let role = |namespace: &str| {
        let rule = json!({ "apiGroups": ["holystone.dev"], "resources": ["actionitems"],
            "verbs": ["decide-for-others"] });
        let editor = json!({ "kind": "ServiceAccount", "name": "editor", "namespace": "shop" });
        let metadata = json!({ "name": "decider", "namespace": namespace });
        let bound = json!({ "apiGroup": RBAC, "kind": "Role", "name": "decider" });
        [
            json!({ "apiVersion": format!("{RBAC}/v1"), "kind": "Role", "metadata": metadata,
                "rules": [rule] }),
            json!({ "apiVersion": format!("{RBAC}/v1"), "kind": "RoleBinding",
                "metadata": metadata, "roleRef": bound, "subjects": [editor] }),
        ]
        .map(|object| object.to_string())
        .join("\n---\n")
    };
    let editor = tenancy.items(1, "shop");
    let decision = json!({ "reason": "working-as-intended", "by": "alice@example.com" });
    let patch = json!({ "spec": { "decision": decision } });
    tenancy.cluster.apply(&role("shop")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    refusal(merge(&editor, name, patch.clone()).await);
    tenancy.cluster.apply(&role(OWN_NAMESPACE)).await;
    let decides = async || merge(&editor, name, patch.clone()).await.ok();
    tenancy.cluster.eventually("they decide for others", decides).await;
}

async fn policies_are_for_their_editors(tenancy: &Tenancy) {
    let policy: AuditPolicy =
        serde_json::from_value(json!({ "metadata": { "name": "other" }, "spec": {} })).unwrap();
    let of = |person: usize| Api::<AuditPolicy>::all(tenancy.clients[person].clone());
    let parameters = PostParams { dry_run: true, ..PostParams::default() };
    of(6).create(&parameters, &policy).await.expect("it may");
    for person in [0, 1, 2, 3, 4, 5, 7] {
        refusal(of(person).create(&parameters, &policy).await);
    }
}

#[tokio::test]
async fn bad_input_is_refused_with_what_to_do() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let web = target("apps", "Deployment", "shop", "web");
    cluster.apply(&item_manifest(PRIVILEGED, &web, &json!({})).to_string()).await;
    let note: String = "x".repeat(10_000);
    for (spec, wanted) in [
        (json!({ "decision": { "note": "n" } }), "spec.decision.reason: Required value"),
        (
            json!({ "decision": { "reason": "because" } }),
            "supported values: \"compensating-control\"",
        ),
        (
            json!({ "decision": { "reason": "will-not-fix", "until": "2027-02-30" } }),
            "a date such as 2027-01-31 or a time such as 2027-01-31T18:00:00Z",
        ),
        (json!({ "decision": { "reason": "will-not-fix", "note": note } }), "512"),
        (json!({ "links": [{ "name": "x", "url": "javascript:alert(1)" }] }), "^https?://"),
    ] {
        let answer = cluster.refusal(&item_manifest(PRIVILEGED, &web, &spec).to_string()).await;
        assert!(answer.contains(wanted), "{answer}");
    }
}
