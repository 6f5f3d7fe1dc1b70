use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Kind, Reach},
};

check! {
    /// Roles do not let their subjects reach the kubelet.
    ///
    /// ## Why
    ///
    /// Through `nodes/proxy` the whole API of the kubelet is open, past admission and audit:
    /// commands in every pod of the node among it. `get` is enough, since they work over a
    /// WebSocket, too.
    ///
    /// ## Fix
    ///
    /// Use the finer subresources that the kubelet knows:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [nodes/metrics, nodes/stats]
    ///     verbs: [get]
    /// ```
    ///
    /// Found are rules of ClusterRoles that allow `get` or `create` on `nodes/proxy`. It needs a
    /// ClusterRoleBinding: a RoleBinding gives nothing of it. What every cluster comes with is not
    /// judged, nor what an aggregated role has from roles that are judged themselves; a role that
    /// nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.10
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes>
    /// - Trivy KSV-0047, Checkov `CKV2_K8S_2`, Kubescape C-0279, Kyverno
    ///   `restrict-clusterrole-nodesproxy`
    "rbac-node-proxy", Rbac, High, Core,
    Related(Lookup { kinds: &[Kind::ClusterRole], reads: Grants::READS, run }),
    remediation: "remove `nodes/proxy` from the role",
}

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        reach == Reach::Cluster && rule.allows("", &["nodes/proxy"], &["get", "create"])
    },
    field: "",
    wanted: "no nodes/proxy",
    message: "role allows reaching the kubelet of nodes",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
