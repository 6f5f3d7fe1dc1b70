use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// ReplicaSets that run nothing belong to something.
    ///
    /// ## Why
    ///
    /// A ReplicaSet without pods and without a Deployment is what somebody left behind. Old ones of
    /// a Deployment are kept for a rollback, as many as `revisionHistoryLimit` says, and are cleaned
    /// up by it.
    ///
    /// ## Fix
    ///
    /// ```sh
    /// kubectl delete replicaset NAME
    /// ```
    ///
    /// Found are those with zero replicas that no controller owns.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/>
    /// - Kor `replicasets`
    "replica-set-stale", Efficiency, Info, Optional, Object(&[Kind::ReplicaSet], run),
    remediation: "delete the ReplicaSet",
    rule: Rule::object("object.?spec.?replicas.orValue(1) == 0")
        .when("!object.metadata.?ownerReferences.orValue([]).exists(owner, \
        owner.?controller.orValue(false))"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Workload(workload) = &object.body else { return Verdict::NotApplicable };
    if object.meta.controller().is_some() {
        return Verdict::NotApplicable;
    }
    if workload.replicas != Some(0) {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec/replicas", "0", "pods, or no ReplicaSet");
    Verdict::fail("runs no pods and belongs to nothing", [evidence])
}
