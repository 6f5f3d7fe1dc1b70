use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods do not see the processes of their node.
    ///
    /// ## Why
    ///
    /// Such a pod sees every process of the node, with its arguments and often its environment, and
    /// can signal or trace those of the same user: secrets of other pods are in reach.
    ///
    /// ## Fix
    ///
    /// Leave the field out. Containers of one pod can share their processes among themselves:
    ///
    /// ```yaml
    /// spec:
    ///   hostPID: false
    ///   shareProcessNamespace: true
    /// ```
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `hostNamespaces` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.3
    /// - NSA/CISA Kubernetes Hardening Guide, host PID
    "host-pid", PodSecurity, High, Core, Workload(run),
    remediation: "remove `hostPID`; use `shareProcessNamespace` within one pod",
    fixes: &[Fix::set("hostPID", "false")],
    rule: Rule::object("variables.pod.?hostPID.orValue(false)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.pod().host_pid != Some(true) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(workload.pod_path("hostPID"), "true", "not true");
    Verdict::fail("pods see the processes of their node", [evidence])
}
