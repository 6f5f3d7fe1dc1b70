//! `dismiss`, `snooze`, `reopen` and `assign` change the `spec` of items and nothing else, in the name of
//! whoever types them.

use std::time::Duration;

use holystone::{
    api::{ActionItem, State},
    cluster_io::{WriteError, change_spec},
    engine::Target,
    items::item_name,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Cluster, PRIVILEGED, People, deployment, target, told};

const TRIAGE: &[(&str, &str, &[&str])] =
    &[("holystone.dev", "actionitems", &["get", "list", "patch"])];
const USER: &str = "system:serviceaccount:holystone-system:tenant";

fn about(name: &str) -> Target {
    target("apps", "Deployment", "shop", name)
}

fn named(name: &str) -> String {
    item_name(PRIVILEGED, &about(name), 0)
}

fn policy(more: &str) -> String {
    format!("{{schedule: '@yearly', checks: {{profiles: [], include: [{PRIVILEGED}]}}{more}}}")
}

async fn shop() -> (Cluster, People) {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", &policy("")).await;
    for name in ["web", "api"] {
        cluster.apply(&deployment("shop", name, true)).await;
    }
    let tenant = cluster.tenant("shop", "tenant", TRIAGE).await;
    (cluster, tenant)
}

async fn becomes(cluster: &Cluster, name: &str, state: State) -> ActionItem {
    cluster.item_becomes(PRIVILEGED, &about(name), state).await
}

async fn spec(cluster: &Cluster, name: &str) -> Value {
    json!(cluster.item(PRIVILEGED, &about(name)).await.expect("it is there").spec)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_is_dismissed_snoozed_and_reopened() {
    let (cluster, tenant) = shop().await;
    let _controller = cluster.controller();
    for name in ["web", "api"] {
        becomes(&cluster, name, State::Open).await;
    }
    let (web, mark) = (format!("ai/{}", named("web")), cluster.mark());
    let dismiss = ["dismiss", "-n", "shop", &web, "--reason", "risk-accepted", "--note", "SEC-12"];
    let answer = tenant.ask(&[&dismiss[..], &["--until", "2199-01-31", "--wait"]].concat());
    assert_eq!(answer.code, 0, "{}", answer.error);
    assert_eq!(answer.out, format!("actionitem.holystone.dev/{} dismissed\n", named("web")));
    assert!(answer.error.contains("is Exempt until 2199-02-01T00:00:00Z"), "{}", answer.error);
    let expected = json!({
        "reason": "risk-accepted", "note": "SEC-12", "until": "2199-01-31", "by": USER,
    });
    assert_eq!(spec(&cluster, "web").await["decision"], expected);
    assert_eq!(becomes(&cluster, "web", State::Exempt).await.spec.assignee, None);
    let told_by = tenant.ask(&["show", "-n", "shop", &web]).good();
    assert!(told_by.contains(&format!("decided by {USER}: risk-accepted, SEC-12")), "{told_by}");

    // A new decision leaves nothing of the old one.
    let again = ["dismiss", "-n", "shop", &web, "--reason", "false-positive", "-o", "json"];
    let item = tenant.ask(&again).json();
    assert_eq!(item["spec"]["decision"], json!({ "reason": "false-positive", "by": USER }));

    let reopen = ["reopen", "-n", "shop", &web, "--wait"];
    let answer = tenant.ask(&reopen);
    assert!(answer.code == 0 && answer.error.contains("is Open"), "{}", answer.error);
    let refused = tenant.ask(&reopen);
    assert!(refused.code == 2 && refused.error.contains("there is no decision on it"));

    // A snooze, in its default reason, ends by itself.
    let before = Timestamp::now();
    tenant.ask(&["snooze", "-n", "shop", "--all", "14d"]).good();
    for name in ["web", "api"] {
        let item = becomes(&cluster, name, State::Exempt).await;
        let until = item.status.unwrap().exemption.unwrap().until.unwrap().0;
        let late = until.duration_since(before) - SignedDuration::from_hours(14 * 24);
        assert!(late.abs() < SignedDuration::from_mins(2), "{until}");
    }
    let answer = tenant.ask(&["snooze", "-n", "shop", &web, "6s", "--wait"]);
    assert!(answer.code == 0 && answer.error.contains("is Exempt until "), "{}", answer.error);
    let item = becomes(&cluster, "web", State::Open).await;
    assert!(item.status.unwrap().message.unwrap().contains("; decision: it ended at "));

    let audit = cluster.plane.audit();
    let seen = |record: &control_plane::Record| record.user == USER && record.verb == "patch";
    audit.wait_for(mark, Duration::from_secs(10), seen).await.expect("they are in the log");
    let writes = cluster.writes_by(USER, mark);
    let is_spec = |record: &control_plane::Record| {
        let (verb, resource) = (record.verb.as_str(), record.resource.as_str());
        let is_patch =
            verb == "patch" && resource == "actionitems" && record.subresource.is_empty();
        is_patch || (verb, resource) == ("create", "selfsubjectreviews")
    };
    assert!(writes.iter().all(is_spec), "{}", told(&writes));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_count_is_said() {
    let (cluster, tenant) = shop().await;
    let more = ", selfService: {decisions: require-note}, exemptions: [{checks: [privileged-container], \
                names: [api], reason: will-not-fix}]";
    cluster.apply_policy("baseline", &policy(more)).await;
    let (web, api) = (named("web"), named("api"));
    let reader = [("holystone.dev", "actionitems", &["get", "list"][..])];
    let reader = cluster.tenant("shop", "reader", &reader).await;
    let controller = cluster.controller();
    becomes(&cluster, "web", State::Open).await;
    becomes(&cluster, "api", State::Exempt).await;

    let answer = tenant.ask(&["snooze", "-n", "shop", &web, "14d", "--wait"]);
    assert_eq!(answer.code, 1, "{}", answer.error);
    let expected = "is still Open: policy `baseline` asks for a note";
    assert!(answer.error.contains(expected), "{}", answer.error);
    let answer = tenant.ask(&["reopen", "-n", "shop", &api]);
    assert!(answer.code == 2 && answer.error.contains("a policy exempts it"), "{}", answer.error);
    let dismiss = ["dismiss", "-n", "shop", &web, "--reason", "risk-accepted"];
    let answer = reader.ask(&dismiss);
    let expected = "you may not patch actionitems.holystone.dev in namespace shop; \
                    ask for the ClusterRole holystone-triager";
    assert!(answer.code == 2 && answer.error.contains(expected), "{}", answer.error);

    for (more, expected) in [
        (&["--until", "2020-01-31"][..], "2020-01-31 has passed"),
        (&["--until", "soon"], "write a span such as 14d"),
        (&["--note", &"x".repeat(513)], "at most 512 characters"),
    ] {
        let refused = tenant.ask(&[&dismiss[..], more].concat()).refused();
        assert!(refused.contains(expected), "{refused}");
    }
    let refused = tenant.ask(&["dismiss", "-n", "shop", "--reason", "risk-accepted"]).refused();
    assert!(refused.contains("name items, or give -l, --field-selector or --all"), "{refused}");
    let wrong = tenant.ask(&["dismiss", "-n", "shop", &web, "--reason", "because"]);
    assert!(wrong.code == 2 && wrong.error.contains("false-positive"), "{}", wrong.error);

    controller.stop();
    let answer = tenant.ask(&["reopen", "-n", "shop", &web, "--wait", "--timeout", "1s"]);
    assert!(answer.code == 3 && answer.error.contains("does it run?"), "{}", answer.error);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_assigned_and_trials_change_nothing() {
    let (cluster, tenant) = shop().await;
    let _controller = cluster.controller();
    for name in ["web", "api"] {
        becomes(&cluster, name, State::Open).await;
    }
    let web = named("web");
    let out = tenant.ask(&["assign", "-n", "shop", &web, "bob@example.com"]).good();
    assert_eq!(out, format!("actionitem.holystone.dev/{web} assigned to bob@example.com\n"));
    let chosen = ["assign", "-n", "shop", "--field-selector", "spec.target.name=api", "@me"];
    tenant.ask(&chosen).good();
    assert_eq!(spec(&cluster, "web").await["assignee"], "bob@example.com");
    assert_eq!(spec(&cluster, "api").await["assignee"], USER);
    let nobody = ["assign", "-n", "shop", "--all", "--assignee", "bob@example.com", "--nobody"];
    tenant.ask(&nobody).good();
    assert_eq!(spec(&cluster, "web").await["assignee"], Value::Null);
    assert_eq!(spec(&cluster, "api").await["assignee"], USER);

    for how in ["--dry-run", "--dry-run=client", "--dry-run=server"] {
        let out = tenant.ask(&["snooze", "-n", "shop", &web, "14d", how]).good();
        assert!(out.contains("snoozed (") && out.contains("dry run)"), "{out}");
    }
    assert_eq!(spec(&cluster, "web").await["decision"], Value::Null);
}

#[tokio::test]
async fn nothing_that_others_write_meanwhile_is_lost() {
    let (cluster, _) = shop().await;
    let controller = cluster.controller();
    let old = becomes(&cluster, "web", State::Open).await;
    let wish = json!({ "decision": { "reason": "risk-accepted" } });

    // The controller writes its status: the decision goes on top.
    cluster.apply_policy("baseline", &policy(", due: {critical: 1h}")).await;
    cluster
        .eventually("it is due", async || {
            let item = cluster.item(PRIVILEGED, &about("web")).await?;
            item.status?.due_at.map(drop)
        })
        .await;
    controller.stop();
    let new = change_spec(&cluster.client, &old, &wish, false).await.expect("it is written");
    assert!(new.spec.decision.is_some() && new.status.unwrap().due_at.is_some());

    // Somebody else decides first: nothing is written over it.
    let late = change_spec(&cluster.client, &old, &json!({ "assignee": "bob" }), false).await;
    assert!(matches!(late, Err(WriteError::Changed)), "{late:?}");
    cluster.item_object(PRIVILEGED, &about("web")).delete().await;
    let gone = change_spec(&cluster.client, &old, &wish, false).await;
    assert!(matches!(gone, Err(WriteError::Gone)), "{gone:?}");
}
