//! Checks that cost too much cost their own policy its answers, and no other policy its time.

use std::time::{Duration, Instant};

use holystone::api::State;

use crate::support::{Cluster, ONLY_PRIVILEGED, PRIVILEGED, deployment, target};

const OBJECTS: usize = 150;

#[tokio::test]
async fn a_policy_of_bombs_does_not_hold_up_another() {
    let cluster = Cluster::start().await;
    cluster.create_namespace("shop").await;
    for index in 0..OBJECTS {
        cluster.apply(&deployment("shop", &format!("web-{index:03}"), index == 0)).await;
    }
    // Each stays just within what an expression may cost: none can be refused beforehand.
    let bomb = "lists.range(99000).all(x, x < 100000)";
    let check = |index| {
        format!(
            "{{id: bomb-{index}, title: A bomb, severity: high, match: [{{apiGroups: [apps], \
             kinds: [Deployment]}}], validations: [{{expression: '{bomb}'}}]}}"
        )
    };
    let checks: Vec<_> = (0..60).map(check).collect();
    let bombs = format!("{{checks: {{profiles: [], custom: [{}]}}}}", checks.join(", "));
    cluster.apply_policy("bombs", &bombs).await;
    cluster.apply_policy("baseline", ONLY_PRIVILEGED).await;
    let began = Instant::now();
    let _controller = cluster.controller();
    let web = target("apps", "Deployment", "shop", "web-000");
    cluster.item_becomes(PRIVILEGED, &web, State::Open).await;
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
    // What was not judged is not found either.
    assert_eq!(cluster.items().await.len(), 1);
    let baseline = cluster.audited("baseline").await;
    assert_eq!(baseline.status.unwrap().score, Some(99));
}
