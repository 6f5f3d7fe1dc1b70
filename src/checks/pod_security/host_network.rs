use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods do not use the network of their node.
    ///
    /// ## Why
    ///
    /// Such a pod reaches what listens on the loopback address of the node, the kubelet among it,
    /// can watch the traffic of other pods, and is bound by no network policy.
    ///
    /// ## Fix
    ///
    /// Leave the field out, and publish ports through a Service:
    ///
    /// ```yaml
    /// spec:
    ///   hostNetwork: false
    /// ```
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `hostNamespaces` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.5
    /// - NSA/CISA Kubernetes Hardening Guide, host network
    "host-network", PodSecurity, High, Core, Workload(run),
    remediation: "remove `hostNetwork`; publish ports through a Service",
    fixes: &[Fix::set("hostNetwork", "false")],
    rule: Rule::object("variables.pod.?hostNetwork.orValue(false)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.pod().host_network != Some(true) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(workload.pod_path("hostNetwork"), "true", "not true");
    Verdict::fail("pods use the network of their node", [evidence])
}
