use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

/// How long a node may take no pods.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// For so many hours a node may be cordoned.
    #[schemars(range(min = 0))]
    hours: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { hours: 24 }
    }
}

check! {
    /// Nodes are not left cordoned.
    ///
    /// ## Why
    ///
    /// A node that was cordoned for maintenance, and then forgotten, is paid for and takes no new
    /// pods.
    ///
    /// ## Fix
    ///
    /// ```sh
    /// kubectl uncordon NAME
    /// ```
    ///
    /// Found are nodes that have been unschedulable for a day, by the time in their taint
    /// `node.kubernetes.io/unschedulable`. A policy can set another time:
    ///
    /// ```yaml
    /// settings:
    ///   - check: node-unschedulable
    ///     parameters: {hours: 4}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration>
    /// - Popeye `POP-711`
    "node-unschedulable", Reliability, Info, Optional, Timed(&[Kind::Node], run),
    parameters: Parameters,
    remediation: "uncordon the node, or take it away",
}

/// Set by the node controller when a node is cordoned.
const TAINT: &str = "node.kubernetes.io/unschedulable";

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Node(node) = &object.body else { return Verdict::NotApplicable };
    let Parameters { hours } = context.parameters();
    if !node.spec.unschedulable {
        return Verdict::Pass;
    }
    let taint = node.spec.taints.iter().find(|taint| taint.key == TAINT);
    let since: Option<Timestamp> = taint.and_then(|taint| taint.time_added);
    let allowed = SignedDuration::from_hours(i64::from(*hours));
    match since {
        Some(since) if context.now().duration_since(since) < allowed => Verdict::Pass,
        None if *hours > 0 => Verdict::Unknown("the node does not say since when".into()),
        _ => {
            let evidence = Evidence::at("/spec/unschedulable", "true", "false");
            Verdict::fail("node takes no new pods", [evidence])
        }
    }
}
