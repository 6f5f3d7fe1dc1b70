use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers say how much local storage they need.
    ///
    /// ## Why
    ///
    /// Logs, the writable layer and `emptyDir` volumes fill the disk of the node. Without a limit
    /// one container fills it for all, and the kubelet evicts whom it finds; without a request the
    /// scheduler does not know which node has room.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// resources:
    ///   requests: {ephemeral-storage: 1Gi}
    ///   limits: {ephemeral-storage: 2Gi}
    /// ```
    ///
    /// Found are regular containers and sidecars without a limit, where the pod as a whole has none
    /// either; a limit counts as a request too. Zero is none.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/ephemeral-storage/>
    /// - kube-score `container-ephemeral-storage-request-and-limit`
    "ephemeral-storage-unset", Efficiency, Low, Optional, Workload(run),
    remediation: "set `resources.requests` and `resources.limits` of `ephemeral-storage`",
    rule: Rule::running("[variables.pod, container].all(it, \
        quantity(it.?resources.?limits[?'ephemeral-storage'].orValue('0')).compareTo(quantity('0')) \
        == 0)"),
}

const RESOURCE: &str = "ephemeral-storage";

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let without_limit = workload.containers_without_limit(RESOURCE).map(|place| {
        Evidence::in_container(&place, "resources/limits/ephemeral-storage", "none", "a limit")
    });
    Verdict::of_containers(
        without_limit,
        "has no limit of local storage",
        "have no limit of local storage",
    )
}
