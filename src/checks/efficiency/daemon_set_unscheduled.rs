use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// DaemonSets run somewhere.
    ///
    /// ## Why
    ///
    /// A DaemonSet whose selectors and tolerations fit no node does nothing, and nobody is told: it
    /// has all the pods that it wants.
    ///
    /// ## Fix
    ///
    /// Compare `nodeSelector`, affinity and tolerations with the labels and taints of the nodes, or
    /// delete the DaemonSet:
    ///
    /// ```sh
    /// kubectl get nodes --show-labels
    /// ```
    ///
    /// Found are those whose status says that no node is wanted; a manifest has no status.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/>
    /// - Kor `daemonsets`
    "daemon-set-unscheduled", Efficiency, Low, Standard, Object(&[Kind::DaemonSet], run),
    remediation: "make its selectors and tolerations fit a node, or delete it",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    if !workload.fits_no_node {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/status/desiredNumberScheduled", "0", "at least one node");
    Verdict::fail("fits no node", [evidence])
}
