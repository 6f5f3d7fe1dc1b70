use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind},
};

/// How much is too much.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Percent of what the node can give that may be used.
    percent: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { percent: 80 }
    }
}

check! {
    /// Nodes have room.
    ///
    /// ## Why
    ///
    /// A node that is full slows all its pods down, and evicts some when memory runs out.
    ///
    /// ## Fix
    ///
    /// Add nodes, or see that requests are right: the scheduler fills a node by what pods request,
    /// not by what they use (`cpu-under-allocated`, `memory-under-allocated`).
    ///
    /// Found are nodes that use more than 80% of their allocatable CPU or memory, by the last
    /// measurement. Without `metrics.k8s.io` it is unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/>
    /// - Popeye `POP-709`, `POP-710`
    "node-utilisation-high", Efficiency, Medium, Standard,
    Related(Lookup { kinds: &[Kind::Node], reads: &[Kind::NodeMetrics], run }),
    parameters: Parameters,
    remediation: "add nodes, or correct the requests of what runs there",
}

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Parameters { percent } = context.parameters();
    let FactBody::Node(node) = &facts.body else { return Verdict::NotApplicable };
    let Some(used) = cluster.node_usage(&facts.key.name) else {
        return Verdict::Unknown("the node is not measured".into());
    };
    let total = node.allocatable();
    let resources =
        [("cpu", "CPU", used.cpu, total.cpu), ("memory", "memory", used.memory, total.memory)];
    let full = resources.into_iter().filter_map(|(field, name, used, total)| {
        let share = used.saturating_mul(100).checked_div(total)?;
        (share > *percent).then_some((field, name, share))
    });
    let full: Vec<_> = full.collect();
    let evidence = full.iter().map(|(field, _, share)| {
        let wanted = format!("at most {percent}%");
        Evidence::at(format!("/status/allocatable/{field}"), format!("{share}% in use"), wanted)
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        let names: Vec<_> =
            full.iter().map(|(_, name, share)| format!("{share}% of its {name}")).collect();
        format!("node uses {}", names.join(" and "))
    })
}
