use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods say on which nodes they want to run.
    ///
    /// ## Why
    ///
    /// Where nodes differ, in their hardware or in whom they belong to, a workload that does not say
    /// which it wants runs anywhere, on the expensive ones too.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// affinity:
    ///   nodeAffinity:
    ///     requiredDuringSchedulingIgnoredDuringExecution:
    ///       nodeSelectorTerms:
    ///         - matchExpressions: [{key: pool, operator: In, values: [web]}]
    /// ```
    ///
    /// Found are pods without a required or preferred `nodeAffinity`. A `nodeSelector` demands nodes
    /// just as well.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/>
    /// - KubeLinter `no-node-affinity`
    "node-affinity-missing", Reliability, Info, Optional, Workload(run),
    remediation: "add a `nodeAffinity` or a `nodeSelector`",
    rule: Rule::object("variables.pod.?nodeSelector.orValue({}).size() == 0 && \
        variables.pod.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([]).size() \
        == 0 && \
        variables.pod.?affinity.?nodeAffinity.?preferredDuringSchedulingIgnoredDuringExecution.orValue([]).size() \
        == 0"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let pod = workload.pod();
    let affinity = pod.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let wants_nodes = affinity.is_some_and(|nodes| {
        let required = nodes.required.as_ref();
        required.is_some_and(|nodes| !nodes.node_selector_terms.is_empty())
            || !nodes.preferred.is_empty()
    });
    if wants_nodes || !pod.node_selector.is_empty() {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(workload.pod_path("affinity/nodeAffinity"), "none", "an affinity");
    Verdict::fail("pods may run on any node", [evidence])
}
