use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Pods do not share memory with their node.
    ///
    /// ## Why
    ///
    /// Such a pod reads and writes the shared memory and the message queues of every process of the
    /// node, and of other pods like it.
    ///
    /// ## Fix
    ///
    /// Leave the field out. Containers of one pod share an IPC namespace of their own anyway:
    ///
    /// ```yaml
    /// spec:
    ///   hostIPC: false
    /// ```
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `hostNamespaces` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.4
    /// - NSA/CISA Kubernetes Hardening Guide, host IPC
    "host-ipc", PodSecurity, High, Core, Workload(run),
    remediation: "remove `hostIPC`; containers of one pod can share memory without it",
    fixes: &[Fix::set("hostIPC", "false")],
    rule: Rule::object("variables.pod.?hostIPC.orValue(false)"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.pod().host_ipc != Some(true) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at(workload.pod_path("hostIPC"), "true", "not true");
    Verdict::fail("pods share memory with their node", [evidence])
}
