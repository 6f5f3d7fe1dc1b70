//! An item that somebody committed before the finding existed is taken over as it is.

use holystone::{
    api::{ActionItem, State},
    engine::Target,
};
use kube::ResourceExt;
use serde_json::json;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, item_manifest, target};

#[tokio::test]
async fn its_spec_is_never_touched() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    cluster.apply(&deployment("shop", "passes", false)).await;
    cluster.apply(&deployment("shop", "fails", true)).await;
    let about = |name: &str| target("apps", "Deployment", "shop", name);
    // Two are there before the controller, one comes after it, and one is about nothing at all.
    for name in ["passes", "fails"] {
        cluster.apply(&committed(&about(name))).await;
    }
    let _controller = cluster.controller();
    for name in ["later", "nothing"] {
        cluster.apply(&committed(&about(name))).await;
    }

    for name in ["passes", "later", "nothing"] {
        let item = cluster.item_is_resolved(PRIVILEGED, &about(name), "NoFinding").await;
        is_as_committed(&item, &about(name));
        let status = item.status.unwrap();
        assert_eq!((status.first_seen, status.opened_at), (None, None));
    }
    let item = cluster.item_becomes(PRIVILEGED, &about("fails"), State::Exempt).await;
    is_as_committed(&item, &about("fails"));

    cluster.apply(&deployment("shop", "passes", true)).await;
    cluster.apply(&deployment("shop", "later", true)).await;
    for name in ["passes", "later"] {
        let item = cluster.item_becomes(PRIVILEGED, &about(name), State::Exempt).await;
        is_as_committed(&item, &about(name));
        let status = item.status.unwrap();
        assert_eq!(status.reason.as_deref(), Some("Dismissed"), "in advance");
        assert!(status.first_seen.is_some() && status.opened_at.is_none());
        assert_eq!(status.times_reopened, 0, "it was never open");
    }
    cluster.comes_to_rest().await;
    assert_eq!(cluster.items().await.len(), 4);

    // What is committed again changes nothing, and asks for nothing.
    let mark = cluster.mark();
    for name in ["passes", "fails", "later", "nothing"] {
        cluster.apply(&committed(&about(name))).await;
    }
    cluster.comes_to_rest().await;
    assert_eq!(cluster.writes_since(mark).len(), 0);
}

fn committed(about: &Target) -> String {
    let decision =
        json!({ "reason": "risk-accepted", "note": "SEC-12", "by": "alice@example.com" });
    let links = json!([{ "name": "jira", "url": "https://jira.example.com/SEC-12" }]);
    let spec = json!({ "assignee": "alice@example.com", "decision": decision, "links": links });
    item_manifest(PRIVILEGED, about, &spec).to_string()
}

fn is_as_committed(item: &ActionItem, about: &Target) {
    assert_eq!(Target::from(&item.spec.target), *about);
    assert_eq!(item.spec.assignee.as_deref(), Some("alice@example.com"));
    let decision = item.spec.decision.as_ref().unwrap();
    assert_eq!(decision.note.as_deref(), Some("SEC-12"));
    assert_eq!(item.spec.links.len(), 1);
    assert_eq!(item.labels()["holystone.dev/check"], PRIVILEGED);
    assert_eq!(item.labels()["holystone.dev/kind"], "Deployment");
    let ours = item.managed_fields().iter().filter(|entry| {
        entry.manager.as_deref() == Some("holystone")
            && serde_json::to_string(&entry.fields_v1).unwrap().contains("f:spec")
    });
    assert_eq!(ours.count(), 0, "{:?}", item.managed_fields());
}
