//! What looks like a secret value in an audited object is copied nowhere.

use holystone::api::State;
use kube::api::ListParams;
use serde_json::{Value, json};

use crate::support::{Cluster, bare_pod, deployment, target};

/// Distinct pieces, so that a part of one is found, too.
const SECRETS: [&str; 4] = ["hunter2Qx7", "AKIA5XY7QWERTY12UIOP", "s3cr3tArgument", "dXNlcjpwYXNz"];

#[tokio::test]
async fn no_value_shows_anywhere() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    cluster.apply_policy("everything", "{checks: {profiles: [all]}, severityFloor: info}").await;
    let controller = cluster.controller_with(&["--log=trace", "--events-per-minute=6000"]);
    cluster.audited("everything").await;

    for (manifest, spec) in [
        (deployment("shop", "web", true), "/spec/template/spec/containers/0"),
        (bare_pod("shop", "bare", true), "/spec/containers/0"),
    ] {
        let mut object: Value = serde_json::from_str(&manifest).unwrap();
        let container = object.pointer_mut(spec).unwrap();
        container["env"] = json!([
            { "name": "DB_PASSWORD", "value": SECRETS[0] },
            { "name": "AWS_ACCESS_KEY_ID", "value": SECRETS[1] },
        ]);
        container["args"] = json!([format!("--password={}", SECRETS[2])]);
        container["image"] = format!("registry.example.com/{}:latest", "app").into();
        object["metadata"]["annotations"] = json!({
            "example.com/basic-auth": SECRETS[3],
            "kubectl.kubernetes.io/last-applied-configuration": manifest + SECRETS[0],
        });
        cluster.apply(&object.to_string()).await;
    }
    for about in [target("apps", "Deployment", "shop", "web"), target("", "Pod", "shop", "bare")] {
        cluster.item_becomes("privileged-container", &about, State::Open).await;
        cluster.item_becomes("secret-literal-in-env", &about, State::Open).await;
    }
    cluster.audit_now("everything").await;
    cluster.comes_to_rest().await;

    let items = serde_json::to_string(&cluster.items().await).unwrap();
    assert!(items.contains("DB_PASSWORD"), "the name is no secret");
    let policy = serde_json::to_string(&cluster.policy("everything").await).unwrap();
    let (_, metrics) = controller.page("/metrics").await.unwrap();
    let events = cluster.api("events.k8s.io/v1", "Event", "shop");
    let events = events.list(&ListParams::default()).await.expect("events are listed");
    let events = serde_json::to_string(&events.items).unwrap();
    assert!(events.contains("secret-literal-in-env"), "events tell of the findings");
    for secret in SECRETS {
        let places = [
            ("items", &items),
            ("policy", &policy),
            ("metrics", &metrics),
            ("events", &events),
            ("log", &controller.log()),
        ];
        for (place, text) in places {
            assert!(!text.contains(secret), "{secret} is in the {place}");
        }
    }
}
