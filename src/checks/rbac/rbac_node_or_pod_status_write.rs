use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Kind, Reach},
};

check! {
    /// Roles do not let their subjects write the status of nodes and pods.
    ///
    /// ## Why
    ///
    /// Who marks nodes as full or broken drives pods, with their tokens, onto a node that is lost
    /// already; who writes the status of pods makes controllers replace them.
    ///
    /// ## Fix
    ///
    /// Only kubelets and the control plane write it; others read:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [nodes, nodes/status, pods/status]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules of ClusterRoles that allow `update` or `patch` on Nodes, `nodes/status` or
    /// `pods/status`, where a ClusterRoleBinding carries them over the whole cluster. What every
    /// cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - rbac-police `modify_node_status`, `modify_pod_status`, `steal_pods`
    "rbac-node-or-pod-status-write", Rbac, Medium, Standard,
    Related(Lookup { kinds: &[Kind::ClusterRole], reads: Grants::READS, run }),
    remediation: "remove `update` and `patch` on nodes and on both status subresources",
}

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        reach == Reach::Cluster
            && rule.allows("", &["nodes", "nodes/status", "pods/status"], &["update", "patch"])
    },
    field: "",
    wanted: "status is read only",
    message: "role allows writing the status of nodes or pods",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
