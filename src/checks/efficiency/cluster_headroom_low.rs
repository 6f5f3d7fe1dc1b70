use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

/// How much has to stay free.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Percent of what all nodes can give that has to stay free.
    percent: u64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { percent: 10 }
    }
}

check! {
    /// The cluster has room for what its workloads may ask for.
    ///
    /// ## Why
    ///
    /// When a node fails, or all autoscalers go up at once, pods without room stay pending.
    ///
    /// ## Fix
    ///
    /// Add nodes, or let them be added: a cluster autoscaler, and a Deployment of low priority that
    /// keeps some room:
    ///
    /// ```yaml
    /// spec:
    ///   priorityClassName: placeholder      # a PriorityClass with a negative value
    ///   containers:
    ///     - name: pause
    ///       resources: {requests: {cpu: "1", memory: 1Gi}}
    /// ```
    ///
    /// The requests of all workloads are added up, with the highest number of pods that an
    /// autoscaler may set, and held against what the schedulable nodes can give. It is reported on
    /// the Service `default/kubernetes`, which stands for the cluster.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/cluster-administration/node-autoscaling/>
    /// - Popeye `POP-602`
    "cluster-headroom-low", Efficiency, Medium, Core,
    RelatedTimed(Lookup { kinds: &[Kind::Service], reads: READS, run }),
    parameters: Parameters,
    remediation: "add nodes, or lower the requests of workloads",
}

const READS: &[Kind] = &[
    Kind::Node,
    Kind::HorizontalPodAutoscaler,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::Pod,
];

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Parameters { percent } = context.parameters();
    if (&*facts.key.namespace, &*facts.key.name) != ("default", "kubernetes") {
        return Verdict::NotApplicable;
    }
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) || cluster.count(Kind::Node) == 0 {
        return Verdict::Unknown("not all nodes and workloads are known".into());
    }
    let (total, requested) = (cluster.allocatable(), cluster.requested());
    let resources = [("CPU", requested.cpu, total.cpu), ("memory", requested.memory, total.memory)];
    let short = resources.into_iter().filter_map(|(name, requested, total)| {
        let share = requested.saturating_mul(100).checked_div(total)?;
        (share > 100_u64.saturating_sub(*percent)).then_some((name, share))
    });
    let short: Vec<_> = short.collect();
    let evidence = short.iter().map(|(name, share)| {
        let found = format!("{share}% of {name} is requested");
        Evidence::at("/metadata/name", found, format!("{percent}% stay free"))
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        let names: Vec<_> =
            short.iter().map(|(name, share)| format!("{share}% of the {name}")).collect();
        format!("workloads of the cluster may request {}", names.join(" and "))
    })
}
