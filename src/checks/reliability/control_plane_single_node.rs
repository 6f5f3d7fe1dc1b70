use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind},
};

check! {
    /// The control plane runs on more than one node.
    ///
    /// ## Why
    ///
    /// Where the only node of the control plane is lost, nothing is scheduled, repaired or changed
    /// any more, and with its disk everything that etcd knew.
    ///
    /// ## Fix
    ///
    /// Join two more nodes to the control plane: etcd needs a majority, so three is the first number
    /// that survives the loss of one.
    ///
    /// ```sh
    /// kubeadm join ADDRESS --control-plane --certificate-key KEY
    /// ```
    ///
    /// Found is the one node that has the label `node-role.kubernetes.io/control-plane`, or `master`
    /// of old. Where the nodes of the control plane are not to be seen, as in most managed clusters,
    /// there is nothing to judge.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/ha-topology/>
    /// - Popeye `POP-712`
    "control-plane-single-node", Reliability, Medium, Standard,
    Related(Lookup { kinds: &[Kind::Node], reads: &[Kind::Node], run }),
    remediation: "run three nodes of the control plane",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let is_of_control_plane =
        |facts: &Facts| matches!(&facts.body, FactBody::Node(node) if node.is_control_plane);
    if !is_of_control_plane(facts) {
        return Verdict::NotApplicable;
    }
    let mut others = cluster.all(Kind::Node).filter(|other| other.key != facts.key);
    if others.any(is_of_control_plane) {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::Node) {
        return Verdict::Unknown("other nodes may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/labels", "the only one", "three nodes");
    Verdict::fail("the control plane has one node only", [evidence])
}
