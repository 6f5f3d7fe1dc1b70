//! Events tell what happens to an item, on the item and on its target, as far as the budget allows.

use holystone::api::State;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use kube::{Api, ResourceExt, api::ListParams};
use serde_json::json;

use crate::support::{
    Cluster, Controller, ONLY_PRIVILEGED, PRIVILEGED, deployment, item_manifest, target,
};

/// The events about an object, as `kubectl describe` looks for them, oldest first: reason, type, note.
async fn events(cluster: &Cluster, kind: &str, name: &str, uid: &str) -> Vec<[String; 3]> {
    let fields = format!(
        "involvedObject.kind={kind},involvedObject.name={name},involvedObject.namespace=shop,\
         involvedObject.uid={uid}"
    );
    let events = Api::<Event>::namespaced(cluster.client.clone(), "shop");
    let mut events = events.list(&ListParams::default().fields(&fields)).await.unwrap().items;
    events.sort_by_key(|event| event.event_time.clone().map(|time| time.0));
    let told = events.into_iter().map(|event| [event.reason, event.type_, event.message]);
    told.map(|words| words.map(Option::unwrap_or_default)).collect()
}

async fn counted(controller: &Controller, result: &str) -> Option<usize> {
    controller.metric(&format!(r#"holystone_events_total{{result="{result}"}}"#)).await
}

#[tokio::test]
async fn on_the_item_and_on_its_target() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    let web = target("apps", "Deployment", "shop", "web");
    let controller = cluster.controller();
    let becomes = async |state| cluster.item_becomes(PRIVILEGED, &web, state).await;
    becomes(State::Open).await;
    cluster.apply(&deployment("shop", "web", false)).await;
    becomes(State::Resolved).await;
    cluster.apply(&deployment("shop", "web", true)).await;
    becomes(State::Open).await;
    let until = Timestamp::from_second(Timestamp::now().as_second() + 4).unwrap();
    let decision =
        json!({ "reason": "will-not-fix", "note": "SEC-12", "until": until.to_string() });
    let spec = json!({ "decision": decision });
    cluster.apply(&item_manifest(PRIVILEGED, &web, &spec).to_string()).await;
    becomes(State::Exempt).await;
    let item = becomes(State::Open).await;

    let (name, uid) = (item.name_any(), item.uid().unwrap());
    let story = cluster.eventually("each change is told on the item", async || {
        let story = events(&cluster, "ActionItem", &name, &uid).await;
        (story.len() >= 5).then_some(story)
    });
    let story = story.await;
    let fact = "privileged-container (critical): container `app` is privileged; ";
    for ([reason, kind, note], expected) in story.iter().zip([
        ("FindingOpened", "Warning", fact.to_owned()),
        ("FindingResolved", "Normal", "privileged-container: Fixed".to_owned()),
        ("FindingReopened", "Warning", fact.to_owned()),
        (
            "FindingExempted",
            "Normal",
            format!("privileged-container: accepted until {until}: decision, will-not-fix, SEC-12"),
        ),
        (
            "ExemptionEnded",
            "Warning",
            "privileged-container (critical): the exemption has ended: ".to_owned(),
        ),
    ]) {
        assert_eq!((reason.as_str(), kind.as_str()), (expected.0, expected.1));
        assert!(note.starts_with(&expected.2), "{note}");
    }
    let of_web = cluster.deployment("shop", "web").get().await.unwrap().uid().unwrap();
    cluster
        .eventually("the same is told on the target", async || {
            (events(&cluster, "Deployment", "web", &of_web).await == story).then_some(())
        })
        .await;
    let labels = r#"severity="critical",to="ExemptionEnded""#;
    let ended = format!("holystone_action_item_transitions_total{{{labels}}}");
    assert_eq!(controller.metric(&ended).await, Some(1));

    controller.stop();
    let controller = cluster.controller();
    cluster.comes_to_rest().await;
    cluster.audit_now("baseline").await;
    assert_eq!(counted(&controller, "done").await, None, "a restart tells nothing");
    assert_eq!(events(&cluster, "ActionItem", &name, &uid).await.len(), 5);
}

#[tokio::test]
async fn no_more_than_the_budget() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    for number in 0..10 {
        cluster.apply(&deployment("shop", &format!("web-{number}"), true)).await;
    }
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let controller = cluster.controller_with(&["--events-per-minute=4"]);
    cluster
        .eventually("ten findings are told by four events", async || {
            let dropped = counted(&controller, "dropped").await?;
            (dropped == 16).then_some(())
        })
        .await;
    let events = Api::<Event>::all(cluster.client.clone());
    let ours =
        |event: &Event| event.reporting_component.as_deref() == Some("holystone.dev/controller");
    let told = events.list(&ListParams::default()).await.unwrap().items;
    assert_eq!(told.iter().filter(|event| ours(event)).count(), 4);
}
