//! How our definitions behave on a real API server: defaults, what cannot be changed, columns,
//! field selectors, names for kubectl.

use holystone::{
    api::{ActionItem, AuditPolicy, Severity, State},
    engine::Target,
};
use kube::{Api, ResourceExt, api::ListParams};
use serde_json::{Value, json};

use crate::support::{
    API_VERSION, Cluster, PRIVILEGED, cluster_target, item_manifest, policy_manifest, target,
};

#[tokio::test]
async fn an_empty_policy_has_defaults() {
    let cluster = Cluster::start().await;
    cluster.apply(&policy_manifest("empty", "{}")).await;
    let bare = json!({
        "apiVersion": API_VERSION,
        "kind": "AuditPolicy",
        "metadata": { "name": "bare" },
    });
    cluster.apply(&bare.to_string()).await;
    for name in ["empty", "bare"] {
        let object = cluster.policy_object(name).get().await.unwrap();
        assert_eq!(
            object.data["spec"],
            json!({
                "schedule": "@hourly",
                "timeZone": "Etc/UTC",
                "watch": true,
                "suspend": false,
                "severityFloor": "low",
                "retention": "168h",
                "scope": {
                    "namespaces": { "exclude": ["kube-system", "kube-public", "kube-node-lease"] },
                },
                "checks": { "profiles": ["recommended"] },
                "selfService": { "annotations": "allow", "decisions": "allow" },
            })
        );
        // So that kstatus says InProgress until the controller has spoken.
        assert_eq!(object.data["status"], json!({ "observedGeneration": -1 }));
    }
    let list = Api::<AuditPolicy>::all(cluster.client.clone()).list(&ListParams::default()).await;
    assert_eq!(list.unwrap().items.len(), 2);
}

#[tokio::test]
async fn an_item_keeps_what_it_is_about() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let web = target("apps", "Deployment", "shop", "web");
    let mut manifest = item_manifest(PRIVILEGED, &web, &json!({}));
    manifest["status"] = json!({ "state": "Open" });
    cluster.apply(&manifest.to_string()).await;
    let created = cluster.item(PRIVILEGED, &web).await.unwrap();
    assert_eq!(created.status.unwrap().state, Some(State::Pending), "status is a subresource");

    let change = |pointer: &str, value: Value| {
        let mut changed = manifest.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed.to_string()
    };
    for (manifest, why) in [
        (change("/spec/check", "host-network".into()), "check is immutable"),
        (change("/spec/target/name", "api".into()), "target is immutable"),
        (change("/spec/target", json!({ "kind": "Pod", "name": "x" })), "target is immutable"),
        (with(&manifest, "links", json!([{ "name": "x", "url": "ftp://x" }])), "spec.links"),
        (with(&manifest, "assignee", "x".repeat(129).into()), "spec.assignee"),
        (with(&manifest, "decision", json!({ "note": "no reason" })), "spec.decision.reason"),
        (
            with(&manifest, "decision", json!({ "reason": "false-positive", "until": "soon" })),
            "spec.decision.until",
        ),
    ] {
        let refusal = cluster.refusal(&manifest).await;
        assert!(refusal.contains(why), "{manifest}: {refusal}");
    }
    let decision = json!({ "reason": "false-positive", "until": "2027-01-31" });
    cluster.apply(&with(&manifest, "decision", decision)).await;
}

fn with(manifest: &Value, field: &str, value: Value) -> String {
    let mut changed = manifest.clone();
    changed["spec"][field] = value;
    changed.to_string()
}

#[tokio::test]
async fn people_find_what_they_look_for() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    let owner = json!({ "annotations": { "owner": "team-shop" } });
    cluster.object("v1", "Namespace", "", "shop").merge(json!({ "metadata": owner })).await;
    let policy = "{checks: {profiles: [], include: [privileged-container, host-network,
        cluster-admin-binding]}}";
    cluster.apply_policy("baseline", policy).await;
    let _controller = cluster.controller();
    cluster.apply(&crate::support::deployment("shop", "web", true)).await;
    let mut bare: Value =
        serde_json::from_str(&crate::support::bare_pod("shop", "bare", false)).unwrap();
    bare["spec"]["hostNetwork"] = true.into();
    cluster.apply(&bare.to_string()).await;
    let rbac = "rbac.authorization.k8s.io";
    let admin = json!({
        "apiVersion": format!("{rbac}/v1"),
        "kind": "ClusterRoleBinding",
        "metadata": { "name": "bob" },
        "roleRef": { "apiGroup": rbac, "kind": "ClusterRole", "name": "cluster-admin" },
        "subjects": [{ "apiGroup": rbac, "kind": "User", "name": "bob" }],
    });
    cluster.apply(&admin.to_string()).await;
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    let pod = target("", "Pod", "shop", "bare");
    cluster.item_becomes("host-network", &pod, State::Open).await;
    let bob = cluster_target(rbac, "ClusterRoleBinding", "bob");
    cluster.item_becomes("cluster-admin-binding", &bob, State::Open).await;
    cluster.item_object(PRIVILEGED, &web).merge(json!({ "spec": { "assignee": "alice" } })).await;
    cluster.condition_becomes("baseline", "Compliant", false, "OpenFindings").await;

    selectors_select(&cluster, &web, &pod, &bob).await;
    columns_show(&cluster).await;
    names_are_short(&cluster).await;
}

async fn selectors_select(cluster: &Cluster, web: &Target, pod: &Target, bob: &Target) {
    let items = Api::<ActionItem>::all(cluster.client.clone());
    let select = async |selector: &str| -> Vec<Target> {
        let list = items.list(&ListParams::default().fields(selector)).await;
        let list = list.unwrap_or_else(|error| panic!("{selector}: {error}"));
        let mut found: Vec<_> =
            list.items.iter().map(|item| Target::from(&item.spec.target)).collect();
        found.sort();
        found
    };
    for (selector, expected) in [
        ("spec.check=privileged-container", vec![web]),
        ("spec.target.kind=Pod", vec![pod]),
        ("spec.target.name=bob", vec![bob]),
        ("spec.assignee=alice", vec![web]),
        ("status.state=Open", vec![pod, web, bob]),
        ("status.severity=critical", vec![web]),
        ("status.category=rbac", vec![bob]),
        ("status.owner=team-shop", vec![pod, web]),
        ("status.severity!=critical,status.category!=rbac", vec![pod]),
        ("status.state=Open,metadata.namespace=shop", vec![pod, web]),
    ] {
        let mut expected: Vec<Target> = expected.into_iter().cloned().collect();
        expected.sort();
        assert_eq!(select(selector).await, expected, "{selector}");
    }
    let unknown = items.list(&ListParams::default().fields("spec.links=x")).await;
    assert!(unknown.unwrap_err().to_string().contains("field label not supported"));
}

/// As `kubectl get` shows them: the server makes the table.
async fn columns_show(cluster: &Cluster) {
    let (columns, rows) = table(cluster, "/namespaces/shop/actionitems").await;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Name", "Severity", "State", "Check", "Kind", "Target", "Age", "Opened", "Due",
            "Assignee", "Owner", "Policies", "Message"
        ]
    );
    let wide: Vec<bool> = columns.iter().map(|(_, priority)| *priority > 0).collect();
    assert_eq!(wide[..7], [false; 7]);
    assert_eq!(wide[7..], [true; 6]);
    let row = rows.iter().find(|row| row[1] == "critical").expect("the item is there");
    assert_eq!(row[2..6], ["Open", "privileged-container", "Deployment", "web"]);
    assert_eq!(row[8..11], ["<none>", "alice", "team-shop"]);
    assert!(row[11].contains("baseline"), "{row:?}");
    assert_eq!(row[12], "container `app` is privileged");

    let (columns, rows) = table(cluster, "/auditpolicies").await;
    let shown: Vec<&str> =
        columns.iter().filter(|(_, priority)| *priority == 0).map(|(name, _)| &**name).collect();
    assert_eq!(
        shown,
        [
            "Name",
            "Schedule",
            "Suspend",
            "Ready",
            "Compliant",
            "Critical",
            "High",
            "Score",
            "Last-Audit",
            "Age"
        ]
    );
    assert_eq!(rows[0][..5], ["baseline", "@hourly", "false", "True", "False"]);
}

/// The columns with their priorities, and the cells as texts.
async fn table(cluster: &Cluster, path: &str) -> (Vec<(String, u64)>, Vec<Vec<String>>) {
    let request = http::Request::get(format!("/apis/{API_VERSION}{path}"))
        .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
        .body(Vec::new())
        .unwrap();
    let table: Value = cluster.client.request(request).await.unwrap();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let columns = list(&table["columnDefinitions"]).into_iter().map(|column| {
        let name = column["name"].as_str().unwrap_or_default().to_owned();
        (name, column["priority"].as_u64().unwrap_or_default())
    });
    let text = |cell: &Value| match cell {
        Value::String(text) => text.clone(),
        Value::Null => "<none>".to_owned(),
        other => other.to_string(),
    };
    let rows = list(&table["rows"]);
    let rows = rows.iter().map(|row| list(&row["cells"]).iter().map(text).collect());
    (columns.collect(), rows.collect())
}

async fn names_are_short(cluster: &Cluster) {
    let found = cluster.client.list_api_group_resources(API_VERSION).await.unwrap().resources;
    for (plural, short) in [("actionitems", "ai"), ("auditpolicies", "apol")] {
        let resource = found.iter().find(|resource| resource.name == plural).unwrap();
        assert_eq!(resource.short_names.as_deref(), Some(&[short.to_owned()][..]));
        assert_eq!(resource.categories.as_deref(), Some(&["holystone".to_owned()][..]));
    }
    let item = cluster.items().await.into_iter().find(|item| item.spec.check == PRIVILEGED);
    let status = item.as_ref().and_then(|item| item.status.clone()).unwrap();
    assert_eq!((status.severity, status.severity_rank), (Some(Severity::Critical), Some(1)));
    let size = serde_json::to_vec(&item).unwrap().len();
    assert!(size < 5 * 1024, "{size} bytes for {}", item.unwrap().name_any());
}
