//! A policy says nothing of compliance before its findings are written: half of the truth is not
//! told.

use std::time::Duration;

use holystone::api::State;
use serde_json::Value;

use crate::support::{Cluster, Fault, ONLY_PRIVILEGED, PRIVILEGED, Proxy, deployment, target};

const COUNT: usize = 40;

#[tokio::test]
async fn numbers_come_when_they_are_right() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    for number in 0..COUNT {
        cluster.apply(&deployment("shop", &format!("web-{number}"), true)).await;
    }
    // Items take their time, so that there is a while in which only a few are there.
    let proxy = Proxy::start(&cluster).await;
    proxy.set([Fault::Delay("/shop/actionitems", Duration::from_millis(300))]);
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let mark = cluster.mark();
    let _controller = proxy.controller_with(&["--write-concurrency=4"]);
    for number in 0..COUNT {
        let web = target("apps", "Deployment", "shop", &format!("web-{number}"));
        cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    }
    cluster.condition_becomes("baseline", "Compliant", false, "OpenFindings").await;
    cluster.comes_to_rest().await;

    for record in &cluster.writes_since(mark).about("holystone.dev", "auditpolicies") {
        let status = &record.request.as_ref().expect("bodies are logged")["status"];
        let conditions = status["conditions"].as_array().into_iter().flatten();
        let compliant = conditions.filter(|condition| condition["type"] == "Compliant");
        let compliant: Vec<&Value> = compliant.map(|condition| &condition["status"]).collect();
        assert!(compliant.is_empty() || compliant == ["False"], "{status}");
        let critical = &status["findings"]["open"]["critical"];
        assert!(critical.is_null() || *critical == COUNT, "{status}");
    }
}
