//! A decision on an item makes it exempt at once; when the decision ends, it opens at that moment.

use std::time::Duration;

use holystone::api::{ActionItem, State, expires_at};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Cluster, PRIVILEGED, deployment, item_manifest, target};

/// Asks for [`PRIVILEGED`], is audited once a year, and says how people may decide.
fn policy(self_service: &str) -> String {
    format!(
        "{{schedule: '@yearly', checks: {{profiles: [], include: [{PRIVILEGED}]}}, \
         selfService: {self_service}}}"
    )
}

async fn decide(cluster: &Cluster, decision: Value) {
    let web = target("apps", "Deployment", "shop", "web");
    let spec = if decision.is_null() { json!({}) } else { json!({ "decision": decision }) };
    cluster.apply(&item_manifest(PRIVILEGED, &web, &spec).to_string()).await;
}

async fn becomes(cluster: &Cluster, state: State) -> ActionItem {
    let web = target("apps", "Deployment", "shop", "web");
    cluster.item_becomes(PRIVILEGED, &web, state).await
}

async fn shop(policy: &str) -> Cluster {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", policy).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    cluster
}

#[tokio::test]
async fn dismissed_at_once_and_open_again_without_it() {
    let cluster = shop(&policy("{}")).await;
    let _controller = cluster.controller();
    let opened = becomes(&cluster, State::Open).await.status.unwrap().opened_at;

    decide(&cluster, json!({ "reason": "risk-accepted", "note": "SEC-12" })).await;
    let status = becomes(&cluster, State::Exempt).await.status.unwrap();
    assert_eq!(status.reason.as_deref(), Some("Dismissed"));
    let exemption = status.exemption.unwrap();
    assert_eq!(exemption.from.as_deref(), Some("decision"));
    assert_eq!(exemption.reason.as_deref(), Some("risk-accepted"));
    assert_eq!(exemption.note.as_deref(), Some("SEC-12"));
    assert!(exemption.since.is_some() && exemption.until.is_none());
    assert_eq!(status.conditions[0].status.as_str(), "False", "it is accepted, not resolved");

    tokio::time::sleep(Duration::from_millis(1100)).await;
    decide(&cluster, Value::Null).await;
    let status = becomes(&cluster, State::Open).await.status.unwrap();
    assert_eq!((status.exemption, status.times_reopened), (None, 0));
    assert!(status.opened_at > opened, "the clock starts anew");
}

#[tokio::test]
async fn a_snooze_ends_to_the_second() {
    let cluster = shop(&policy("{}")).await;
    let _controller = cluster.controller();
    becomes(&cluster, State::Open).await;
    let until = Timestamp::from_second(Timestamp::now().as_second() + 6).unwrap();
    decide(&cluster, json!({ "reason": "will-not-fix", "until": until.to_string() })).await;
    let status = becomes(&cluster, State::Exempt).await.status.unwrap();
    assert_eq!(status.exemption.unwrap().until.unwrap().0, until);
    assert!(Timestamp::now() < until, "the machine is too slow for this test");

    let item = becomes(&cluster, State::Open).await;
    let late = Timestamp::now().duration_since(until);
    assert!(late.is_positive(), "not before its end");
    assert!(late.as_secs() <= 3, "at its end, not at the next audit: {late:?} late");
    let status = item.status.unwrap();
    assert!(status.opened_at.unwrap().0 >= until);
    let message = status.message.unwrap();
    assert!(message.ends_with(&format!("; decision: it ended at {until}")), "{message}");
    assert_eq!(item.spec.decision.unwrap().until, Some(until.to_string()), "the spec is theirs");
}

#[tokio::test]
async fn what_does_not_count_leaves_the_item_open_and_says_why() {
    let cluster = shop(&policy("{decisions: require-note}")).await;
    let _controller = cluster.controller();
    becomes(&cluster, State::Open).await;
    for (decision, expected) in [
        (
            json!({ "reason": "risk-accepted", "note": "old", "until": "2020-02-29" }),
            "; decision: it ended at 2020-03-01T00:00:00Z",
        ),
        (json!({ "reason": "risk-accepted" }), "; decision: policy `baseline` asks for a note"),
    ] {
        decide(&cluster, decision).await;
        says(&cluster, expected).await;
    }
    cluster.apply_policy("baseline", &policy("{decisions: deny}")).await;
    says(&cluster, "; decision: policy `baseline` does not let decisions count").await;
    cluster.apply_policy("baseline", &policy("{maxDuration: 1h}")).await;
    let status = becomes(&cluster, State::Exempt).await.status.unwrap();
    let (since, until) = (status.self_accepted.unwrap().since.unwrap(), status.exemption.unwrap());
    let lasts = until.until.unwrap().0.duration_since(since.0);
    assert_eq!(lasts.as_secs(), 3600, "an absent end is cut");
}

async fn says(cluster: &Cluster, expected: &str) {
    let name = format!("the item says {expected}");
    cluster
        .eventually(&name, async || {
            let items = cluster.items().await;
            let status = items.first()?.status.as_ref()?;
            let is_open = status.state == Some(State::Open);
            (is_open && status.message.as_deref()?.ends_with(expected)).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_decision_outlives_a_repair_and_a_restart() {
    let cluster = shop(&policy("{maxDuration: 2160h}")).await;
    let controller = cluster.controller();
    becomes(&cluster, State::Open).await;
    decide(&cluster, json!({ "reason": "false-positive", "until": "2199-12-31" })).await;
    let first = becomes(&cluster, State::Exempt).await.status.unwrap();
    let end = first.exemption.as_ref().unwrap().until.clone().unwrap();
    assert!(end.0 < expires_at("2199-12-31").unwrap(), "a far end is cut");
    drop(controller);

    let _controller = cluster.controller();
    cluster.comes_to_rest().await;
    assert_eq!(
        becomes(&cluster, State::Exempt).await.status.unwrap(),
        first,
        "nothing was written"
    );

    cluster.apply(&deployment("shop", "web", false)).await;
    becomes(&cluster, State::Resolved).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let again = becomes(&cluster, State::Exempt).await.status.unwrap();
    assert_eq!((again.times_reopened, again.self_accepted), (0, first.self_accepted));
    assert_eq!(again.exemption.unwrap().until, Some(end), "its time did not start anew");
}

#[tokio::test]
async fn bad_decisions_are_refused_with_a_remedy() {
    let cluster = shop(&policy("{}")).await;
    let web = target("apps", "Deployment", "shop", "web");
    let long = "x".repeat(10_000);
    for (spec, expected) in [
        (json!({ "decision": { "note": "no reason" } }), "reason"),
        (json!({ "decision": { "reason": "because" } }), "Unsupported value: \"because\""),
        (
            json!({ "decision": { "reason": "false-positive", "note": long } }),
            "may not be more than 512",
        ),
        (
            json!({ "decision": { "reason": "false-positive", "until": "2027-02-30" } }),
            "2027-01-31",
        ),
        (json!({ "decision": { "reason": "false-positive", "until": "tomorrow" } }), "2027-01-31"),
        (json!({ "links": [{ "name": "x", "url": "javascript:alert(1)" }] }), "url"),
    ] {
        let refusal = cluster.refusal(&item_manifest(PRIVILEGED, &web, &spec).to_string()).await;
        assert!(refusal.contains(expected), "{expected}: {refusal}");
    }
}
