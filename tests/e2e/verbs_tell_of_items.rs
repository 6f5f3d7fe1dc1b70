//! `get`, `summary` and `show` tell of items to everybody as far as they may read.

use control_plane::ControlPlane;
use holystone::{api::State, items::item_name};
use serde_json::{Value, json};

use crate::support::{Cluster, PRIVILEGED, deployment, target};

const SECRET: &str = "secret-literal-in-env";
const READ: &[&str] = &["get", "list"];

async fn shop() -> Cluster {
    let cluster = Cluster::start().await;
    for namespace in ["shop", "bank"] {
        cluster.create_namespace(namespace).await;
        let mut web: Value = serde_json::from_str(&deployment(namespace, "web", true)).unwrap();
        web["spec"]["template"]["spec"]["containers"][0]["env"] =
            json!([{ "name": "DB_PASSWORD", "value": "hunter2Qx7" }]);
        web["spec"]["template"]["spec"]["containers"][0]["args"] = json!(["--password=hunter2Qx7"]);
        cluster.apply(&web.to_string()).await;
    }
    let both = format!("{{checks: {{profiles: [], include: [{PRIVILEGED}, {SECRET}]}}}}");
    cluster.apply_policy("baseline", &both).await;
    cluster
}

async fn is_open(cluster: &Cluster) {
    for namespace in ["shop", "bank"] {
        for check in [PRIVILEGED, SECRET] {
            let web = target("apps", "Deployment", namespace, "web");
            cluster.item_becomes(check, &web, State::Open).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_listed_summed_up_and_shown() {
    let cluster = shop().await;
    let _controller = cluster.controller();
    is_open(&cluster).await;
    let admin = cluster.administrator();
    let name = item_name(PRIVILEGED, &target("apps", "Deployment", "shop", "web"), 0);

    let list = admin.ask(&["get", "-n", "shop"]).good();
    let lines: Vec<_> = list.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("NAME"), "{list}");
    assert!(
        lines[1].starts_with(&name) && lines[1].contains("critical"),
        "the worst first: {list}"
    );
    let names = admin.ask(&["get", "-A", "--severity", "critical", "-o", "name"]).good();
    assert_eq!(names.lines().count(), 2, "{names}");
    assert!(names.contains(&format!("actionitem.holystone.dev/{name}\n")));
    let list = admin.ask(&["get", "-n", "shop,bank", "--check", SECRET, "-o", "json"]).json();
    assert_eq!((&list["kind"], list["items"].as_array().unwrap().len()), (&json!("List"), 2));
    let selected =
        ["get", "-A", "--field-selector", "spec.check=privileged-container", "-o", "name"];
    assert_eq!(admin.ask(&selected).good().lines().count(), 2);
    let labelled = ["get", "-A", "-l", "holystone.dev/kind=Pod", "-o", "name"];
    assert_eq!(admin.ask(&labelled).good(), "");
    let one = admin.ask(&["get", &format!("ai/{name}"), "-A", "-o", "json"]).json();
    assert_eq!((&one["kind"], &one["metadata"]["name"]), (&json!("ActionItem"), &json!(name)));
    assert!(one["metadata"]["managedFields"].is_null());
    let wide = admin.ask(&["get", "-n", "shop", "-o", "wide", "--new-since", "1h"]).good();
    assert!(wide.contains("MESSAGE") && wide.contains("container `app` is privileged"), "{wide}");

    let summary = admin.ask(&["summary", "-A", "-o", "json"]).json();
    assert_eq!((&summary["open"]["critical"], &summary["open"]["high"]), (&json!(2), &json!(2)));
    assert_eq!(
        summary["targets"][0],
        json!({
            "name": "Deployment bank/web", "total": 2,
            "open": { "critical": 1, "high": 1, "medium": 0, "low": 0, "info": 0 },
        })
    );
    assert_eq!(summary["policies"][0]["name"], "baseline");
    let summary = admin.ask(&["summary", "-n", "shop"]).good();
    assert!(summary.starts_with("2 open findings") && !summary.contains("bank"), "{summary}");

    let told = admin.ask(&["show", "-n", "shop", &name]).good();
    for words in [
        "Containers do not run privileged",
        "found true; wanted not true; now true",
        "-          privileged: true\n+          privileged: false\n",
        "asked for by  baseline",
        "first seen",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let secret = item_name(SECRET, &target("apps", "Deployment", "shop", "web"), 0);
    let told = [told, admin.ask(&["show", "-A", &secret]).good()].concat();
    assert!(told.contains("now still there") && !told.contains("hunter2"), "{told}");

    let missing = admin.ask(&["show", "-n", "bank", &name]).refused();
    assert!(missing.contains("no ActionItem") && missing.contains("-A looks in all"), "{missing}");
    let wrong = admin.ask(&["get", "-A", "--field-selector", "spec.colour=red"]).refused();
    assert!(wrong.contains("spec.colour"), "{wrong}");
    let help = admin.ask_as("kubectl-holystone", &["get", "--help"]).good();
    assert!(help.contains("Usage: kubectl holystone get"), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_see_theirs_and_are_told_what_is_missing() {
    let cluster = shop().await;
    let items = ("holystone.dev", "actionitems", READ);
    let narrow = cluster.tenant("shop", "narrow", &[items]).await;
    let tenant = cluster.tenant("shop", "tenant", &[items, ("apps", "deployments", READ)]).await;
    let stranger = cluster.tenant("shop", "stranger", &[]).await;
    let _controller = cluster.controller();
    is_open(&cluster).await;
    let name = item_name(PRIVILEGED, &target("apps", "Deployment", "shop", "web"), 0);

    assert_eq!(tenant.ask(&["get", "-n", "shop", "-o", "name"]).good().lines().count(), 2);
    let refused = tenant.ask(&["get", "-n", "bank"]).refused();
    let expected = "you may not list actionitems.holystone.dev in namespace bank; \
                    ask for the ClusterRole holystone-viewer";
    assert!(refused.contains(expected), "{refused}");
    // The context of an account names its own namespace, where it may read nothing.
    let refused = tenant.ask(&["get", "-A"]).refused();
    assert!(refused.contains("in all namespaces"), "{refused}");
    cluster.apply(LISTS_NAMESPACES).await;
    cluster
        .eventually("the tenant may list namespaces", async || {
            (tenant.ask(&["get", "-A"]).code == 3).then_some(())
        })
        .await;
    let all = tenant.ask(&["get", "-A", "-o", "name"]);
    assert_eq!((all.code, all.out.lines().count()), (3, 2), "{}", all.error);
    assert!(all.error.contains("not read, for you may not: namespaces bank"), "{}", all.error);

    let told = tenant.ask(&["show", "-n", "shop", &name]).good();
    assert!(told.contains("now true") && told.contains("+          privileged: false"), "{told}");
    let told = narrow.ask(&["show", "-n", "shop", &name]).good();
    assert!(told.contains("you may not get deployments.apps there"), "{told}");
    let summary = narrow.ask(&["summary", "-n", "shop"]);
    assert!(summary.code == 0 && summary.out.starts_with("2 open findings"), "{}", summary.out);
    assert!(summary.error.contains("you may not list auditpolicies.holystone.dev"));
    assert!(stranger.ask(&["get", "-n", "shop"]).refused().contains("you may not list"));
}

const LISTS_NAMESPACES: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lists-namespaces}
rules: [{apiGroups: [''], resources: [namespaces], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: lists-namespaces}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lists-namespaces}
subjects: [{kind: ServiceAccount, name: tenant, namespace: holystone-system}]
";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said() {
    let cluster = Cluster::start_bare(ControlPlane::builder()).await;
    let admin = cluster.administrator();
    for arguments in [&["get", "-A"][..], &["summary"], &["show", "web-x"]] {
        let refused = admin.ask(arguments).refused();
        assert!(refused.contains("knows no ActionItems; install Holystone there"), "{refused}");
    }
    cluster.install_definitions().await;
    let nothing = admin.ask(&["get", "-n", "shop"]);
    assert_eq!((nothing.code, &*nothing.out), (0, ""));
    assert!(nothing.error.contains("no such items found in namespace shop"));
}
