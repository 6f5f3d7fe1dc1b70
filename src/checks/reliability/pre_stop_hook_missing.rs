use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Containers behind a Service wait before they stop.
    ///
    /// ## Why
    ///
    /// A pod that is to end is taken out of its Services and told to stop at the same time. Until
    /// every node knows, requests still come, and find a process that is gone.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// lifecycle:
    ///   preStop:
    ///     sleep: {seconds: 5}
    /// ```
    ///
    /// Found are regular containers without `lifecycle.preStop` in pods that a Service selects. An
    /// application that goes on serving for a while after `SIGTERM` needs none.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/>
    /// - Datree 60
    "pre-stop-hook-missing", Reliability, Info, Optional,
    Related(Lookup { kinds: KINDS, reads: &[Kind::Service], run }),
    remediation: "add a `preStop` hook that waits until no more requests come",
}

/// What a Service can lead to for long.
const KINDS: &[Kind] = &[
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::Pod,
];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let mut unprepared = workload.images.iter().filter(|image| image.stops_at_once).peekable();
    if unprepared.peek().is_none() {
        return Verdict::Pass;
    }
    if cluster.services_of(&facts.key.namespace, workload).next().is_none() {
        return match cluster.is_complete(Kind::Service) {
            true => Verdict::NotApplicable,
            false => Verdict::Unknown("a Service may be elsewhere".into()),
        };
    }
    let evidence = unprepared.map(|image| Evidence {
        container: image.container.as_str().into(),
        ..Evidence::at(image.field(workload.spec_path, "lifecycle/preStop"), "none", "a hook")
    });
    Verdict::of_containers(evidence, "has no `preStop` hook", "have no `preStop` hook")
}
