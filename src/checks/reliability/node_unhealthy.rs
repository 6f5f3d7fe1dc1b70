use jiff::SignedDuration;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Nodes are ready and under no pressure.
    ///
    /// ## Why
    ///
    /// From a node that is not ready, pods are taken away. One whose memory, disk or process ids run
    /// out evicts them itself, and takes no new ones.
    ///
    /// ## Fix
    ///
    /// Look at what the node says, and repair or replace it:
    ///
    /// ```sh
    /// kubectl describe node NAME
    /// ```
    ///
    /// Found are nodes whose condition `Ready` is not `True`, or of whose conditions `MemoryPressure`,
    /// `DiskPressure`, `PIDPressure` and `NetworkUnavailable` one is. A node that joined less than ten
    /// minutes ago may still be starting.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/node/node-status/#condition>
    /// - Popeye `POP-701` to `POP-707`
    "node-unhealthy", Reliability, High, Standard, Timed(&[Kind::Node], run),
    remediation: "look at the conditions of the node, and repair or replace it",
}

const PRESSURES: [&str; 4] =
    ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Node(node) = &object.body else { return Verdict::NotApplicable };
    let is_young = object.meta.creation_timestamp.is_some_and(|created| {
        context.now().duration_since(created) < SignedDuration::from_mins(10)
    });
    // Of a file nothing is known.
    if is_young || node.conditions.is_empty() {
        return Verdict::NotApplicable;
    }
    let bad = node.conditions.iter().enumerate().filter(|(_, condition)| {
        let status = condition.status.as_str();
        match condition.kind.as_str() {
            "Ready" => status != "True",
            kind => PRESSURES.contains(&kind) && status == "True",
        }
    });
    let (names, evidence): (Vec<_>, Vec<_>) = bad
        .map(|(index, condition)| {
            let path = format!("/status/conditions/{index}/status");
            let found = format!("{}: {}", condition.kind, condition.status);
            let is_ready = condition.kind == "Ready";
            let name = if is_ready { "NotReady" } else { condition.kind.as_str() };
            (name, Evidence::at(path, found, if is_ready { "True" } else { "False" }))
        })
        .unzip();
    Verdict::unless_empty(evidence, |_| format!("node is unhealthy: {}", enumerate(&names)))
}
