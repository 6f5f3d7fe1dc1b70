//! What the change of one object makes the engine judge again.

use std::sync::Arc;

use holystone::{
    engine::{Findings, Rules},
    model::{Kind, decode},
};
use serde_json::{Value, json};

use crate::{NOW, SIZES, generator::Variety, surroundings, time, together};

type Edit = fn(&mut Value);

/// Kinds of which one object changes, from those that say much about others to those that say little.
const CHANGED: &[(Kind, Edit)] = &[
    (Kind::Deployment, |object| object["spec"]["replicas"] = json!(7)),
    (Kind::ServiceAccount, |object| object["automountServiceAccountToken"] = json!(false)),
    (Kind::ConfigMap, |object| object["data"]["new"] = json!("1")),
    (Kind::Service, |object| object["spec"]["selector"]["app"] = json!("other")),
    (Kind::EndpointSlice, |object| object["endpoints"] = json!([])),
    (Kind::PodDisruptionBudget, |object| object["spec"]["minAvailable"] = json!(2)),
    (Kind::Ingress, |object| object["spec"]["ingressClassName"] = json!("other")),
    (Kind::NetworkPolicy, |object| object["spec"]["policyTypes"] = json!(["Egress"])),
    (Kind::RoleBinding, |object| object["subjects"] = json!([])),
    (Kind::Role, |object| object["rules"] = json!([])),
    (Kind::ClusterRoleBinding, |object| object["subjects"] = json!([])),
    (Kind::ClusterRole, |object| object["rules"] = json!([])),
    (Kind::Namespace, |object| object["metadata"]["labels"]["tier"] = json!("test")),
    (Kind::Node, |object| object["status"]["nodeInfo"]["kubeletVersion"] = json!("v1.35.0")),
];

pub(crate) fn print(rules: &Arc<Rules>) {
    println!("One object changes: others judged again, and the time of all that");
    println!("  kind                    {} workloads       {} workloads", SIZES[0], SIZES[2]);
    let sizes = [SIZES[0], SIZES[2]];
    let clusters =
        sizes.map(|size| (size, together::fold(size, Variety::Unique, rules, &Kind::ALL).0));
    let [mut small, mut large] = clusters;
    for (kind, change) in CHANGED {
        let cells = [&mut small, &mut large].map(|(size, findings)| {
            let (judged, micros) = judge_again(*kind, *size, *change, findings);
            format!("{judged:>7} {micros:>7} µs")
        });
        println!("  {:<20} {} {}", kind.name(), cells[0], cells[1]);
    }
    println!();
}

fn judge_again(kind: Kind, size: usize, change: Edit, findings: &mut Findings) -> (usize, u128) {
    let text = surroundings::objects(kind, size, Variety::Unique).next().unwrap_or_default();
    let mut object: Value = serde_json::from_str(&text).expect("the object is JSON");
    change(&mut object);
    let text = object.to_string();
    let mut judged = 0;
    let spent = time(|| {
        let object = decode(kind, &text).expect("the object is well formed");
        findings.observe(&object, None, NOW);
        judged = findings.settle(NOW);
        drop(findings.take_dirty());
    });
    (judged, spent.as_micros())
}
