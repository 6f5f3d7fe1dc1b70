use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, Workload},
};

/// The label that holds a node's name.
const HOSTNAME: &str = "kubernetes.io/hostname";

check! {
    /// Pods leave it to the scheduler on which node they run.
    ///
    /// ## Why
    ///
    /// A pod that names its node goes past the scheduler, past taints and past quotas of nodes, and
    /// is lost with that node. Who may choose nodes may choose one of the control plane.
    ///
    /// ## Fix
    ///
    /// Say what the node has to be like:
    ///
    /// ```yaml
    /// nodeSelector:
    ///   node.kubernetes.io/instance-type: m7i.large
    /// ```
    ///
    /// Found are `nodeName`, and a `nodeSelector` on `kubernetes.io/hostname`. The `nodeName` of a Pod
    /// that is in a cluster is not judged, for the scheduler wrote it.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/>
    /// - Kyverno `restrict-node-selection`, clusterlint `node-name-pod-selector`
    "pod-pinned-to-node", PodSecurity, Low, Standard, Object(Kind::WORKLOADS, run),
    remediation: "select nodes by labels that several have, or by affinity",
    rule: Rule::object("variables.pod.?nodeName.orValue('') != '' && !(object.kind == 'Pod' && \
        object.metadata.?resourceVersion.orValue('') != '') || \
        variables.pod.?nodeSelector[?'kubernetes.io/hostname'].hasValue()"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    let is_scheduled = object.kind == Kind::Pod && !object.meta.resource_version.is_empty();
    let by_name = node_name(workload).filter(|_| !is_scheduled);
    let by_label = workload.pod().node_selector.value(HOSTNAME);
    let evidence = [
        by_name.map(|name| ("nodeName", name)),
        by_label.map(|name| ("nodeSelector/kubernetes.io~1hostname", name)),
    ]
    .into_iter()
    .flatten()
    .map(|(field, node)| Evidence::at(workload.pod_path(field), node.to_owned(), "absent"));
    Verdict::unless_empty(evidence.collect(), |evidence| {
        format!("pods are pinned to node `{}`", evidence[0].found)
    })
}

fn node_name(workload: &Workload) -> Option<&str> {
    workload.pod().node_name.as_deref().filter(|name| !name.is_empty())
}
