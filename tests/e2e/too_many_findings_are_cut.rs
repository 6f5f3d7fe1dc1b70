//! Where there is no room for all findings, the worst have items: the same ones whoever looks, and in
//! every namespace.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use holystone::{
    api::{ActionItem, Severity, State},
    engine::Target,
    items::item_name,
};
use serde_json::json;

use crate::support::{Cluster, item_manifest, target, told};

const NAMESPACES: [&str; 5] = ["aa", "bb", "cc", "dd", "ee"];
/// In each namespace: as many findings of the lesser check, and so many of the worse one.
const EACH: usize = 600;
const WORSE: usize = 20;
const TOTAL: usize = 500;
const INSIDE: usize = 150;
const LIMITS: [&str; 2] = ["--max-items=500", "--max-items-per-namespace=150"];
const CUT: &str = "holystone_findings_cut";

const POLICY: &str = "
apiVersion: holystone.dev/v1alpha1
kind: AuditPolicy
metadata: {name: own}
spec:
  severityFloor: FLOOR
  checks:
    profiles: []
    custom:
      - id: lesser
        title: There are no ConfigMaps
        severity: medium
        match: [{apiGroups: [''], kinds: [ConfigMap], objectSelector: {matchLabels: {all: them}}}]
        validations: [{expression: 'false'}]
      - id: worse
        title: None of them is worse
        severity: critical
        match: [{apiGroups: [''], kinds: [ConfigMap], objectSelector: {matchLabels: {worse: much}}}]
        validations: [{expression: 'false'}]
";

fn policy(floor: &str) -> String {
    POLICY.replace("FLOOR", floor)
}

/// In the first namespace the names come before all others.
fn name(namespace: &str, number: usize) -> String {
    let first = if namespace == NAMESPACES[0] { "a" } else { "m" };
    format!("{first}{number:03}")
}

fn about(namespace: &str, number: usize) -> Target {
    target("", "ConfigMap", namespace, &name(namespace, number))
}

fn config(namespace: &str, number: usize) -> String {
    let mut labels = json!({ "all": "them" });
    if number < WORSE {
        labels["worse"] = json!("much");
    }
    let metadata =
        json!({ "name": name(namespace, number), "namespace": namespace, "labels": labels });
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata }).to_string()
}

async fn crowd() -> Cluster {
    let cluster = Cluster::start().await;
    for namespace in NAMESPACES {
        cluster.create_namespace(namespace).await;
    }
    let all = NAMESPACES
        .into_iter()
        .flat_map(|namespace| (0..EACH).map(move |number| config(namespace, number)));
    let applied = stream::iter(all).map(async |manifest| cluster.apply(&manifest).await);
    applied.buffer_unordered(16).collect::<Vec<()>>().await;
    cluster.apply(&policy("low")).await;
    cluster
}

/// Namespace and name of the items.
fn names(items: &[ActionItem]) -> Vec<(String, String)> {
    let mut names: Vec<_> = items
        .iter()
        .map(|item| {
            let metadata = item.metadata.clone();
            (metadata.namespace.unwrap_or_default(), metadata.name.unwrap_or_default())
        })
        .collect();
    names.sort();
    names
}

/// The worse ones, and of the others the first by name and namespace of their object, as far as there is room.
fn expected() -> Vec<(String, String)> {
    let mut lesser = Vec::new();
    let (mut kept, mut inside) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for namespace in NAMESPACES {
        for number in 0..EACH {
            let named = |check: &str| item_name(check, &about(namespace, number), 0);
            lesser.push((name(namespace, number), namespace, named("own.lesser")));
            if number < WORSE {
                kept.push((namespace.to_owned(), named("own.worse")));
                *inside.entry(namespace).or_default() += 1;
            }
        }
    }
    lesser.sort();
    for (_, namespace, name) in lesser {
        let count = inside.entry(namespace).or_default();
        if kept.len() < TOTAL && *count < INSIDE {
            *count += 1;
            kept.push((namespace.to_owned(), name));
        }
    }
    kept.sort();
    kept
}

async fn are_there(cluster: &Cluster, count: usize) -> Vec<ActionItem> {
    let what = format!("there are {count} open items");
    cluster
        .within(Duration::from_mins(2), &what, async || {
            let items = cluster.items().await;
            let is_open = |item: &ActionItem| {
                item.status.as_ref().is_some_and(|status| status.state == Some(State::Open))
            };
            (items.len() == count && items.iter().all(is_open)).then_some(items)
        })
        .await
}

#[tokio::test]
async fn the_worst_have_items_and_the_same_ones_after_a_restart() {
    let cluster = crowd().await;
    let controller = cluster.controller_with(&LIMITS);
    let items = are_there(&cluster, TOTAL).await;
    assert_eq!(names(&items), expected());
    let message = cluster.condition_becomes("own", "Truncated", true, "OverBudget").await;
    let cut = NAMESPACES.len() * (EACH + WORSE) - TOTAL;
    assert_eq!(
        message,
        format!(
            "there is no room for items of {cut} findings, the least severe ones: there may be \
             500, and 150 in one namespace"
        )
    );
    let findings = cluster.policy("own").await.status.unwrap().findings.unwrap();
    assert_eq!(findings.unmaterialised as usize, cut);
    cluster.metric_becomes(&controller, CUT, cut).await;
    cluster.comes_to_rest().await;
    let items = cluster.items().await;
    controller.stop();

    let mark = cluster.mark();
    let controller = cluster.controller_with(&LIMITS);
    cluster.metric_becomes(&controller, CUT, cut).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let writes = cluster.writes_since(mark);
    assert_eq!(writes.len(), 0, "{}", told(&writes));
    assert_eq!(cluster.items().await, items);

    // What is worse takes the place of what comes last, and nothing else moves.
    let worst = about("ee", EACH - 1);
    let object = cluster.object("v1", "ConfigMap", "ee", &worst.name);
    object.merge(json!({ "metadata": { "labels": { "worse": "much" } } })).await;
    let item = cluster.item_becomes("own.worse", &worst, State::Open).await;
    assert_eq!(item.status.unwrap().severity, Some(Severity::Critical));
    let now = names(&are_there(&cluster, TOTAL).await);
    let before = names(&items);
    let gone: Vec<_> = before.iter().filter(|name| !now.contains(name)).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");

    // There is room again.
    cluster.apply(&policy("high")).await;
    cluster.condition_becomes("own", "Truncated", false, "WithinBudget").await;
    cluster.metric_becomes(&controller, CUT, 0).await;
}

#[tokio::test]
async fn what_is_resolved_goes_first_and_what_is_committed_stays() {
    let cluster = Cluster::start().await;
    for namespace in ["aa", "bb"] {
        cluster.create_namespace(namespace).await;
    }
    cluster.apply(&policy("low")).await;
    for number in 100..103 {
        cluster.apply(&config("bb", number)).await;
    }
    // Somebody has committed a decision in advance.
    let committed = about("bb", 500);
    let decision = json!({ "decision": { "reason": "will-not-fix" } });
    cluster.apply(&item_manifest("own.lesser", &committed, &decision).to_string()).await;
    let limits = ["--max-items=4", "--max-items-per-namespace=4"];
    let _controller = cluster.controller_with(&limits);
    for number in 100..103 {
        cluster.item_becomes("own.lesser", &about("bb", number), State::Open).await;
    }
    cluster.apply(&config("bb", 103)).await;
    cluster.condition_becomes("own", "Truncated", true, "OverBudget").await;
    assert!(cluster.item("own.lesser", &about("bb", 103)).await.is_none());

    // One is repaired: its item makes room.
    cluster.object("v1", "ConfigMap", "bb", &name("bb", 101)).delete().await;
    cluster.item_becomes("own.lesser", &about("bb", 103), State::Open).await;
    assert!(cluster.item("own.lesser", &about("bb", 101)).await.is_none());
    assert!(cluster.item("own.lesser", &committed).await.is_some());
    cluster.condition_becomes("own", "Truncated", false, "WithinBudget").await;
}
