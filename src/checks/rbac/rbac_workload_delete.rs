use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Kind, Reach},
};

check! {
    /// Roles do not let their subjects delete workloads and data of the whole cluster.
    ///
    /// ## Why
    ///
    /// One command, or one stolen token, ends every workload: `kubectl delete namespaces --all`.
    ///
    /// ## Fix
    ///
    /// Bind the role in the namespaces that it is for:
    ///
    /// ```yaml
    /// kind: RoleBinding
    /// metadata: {name: deployer, namespace: shop}
    /// roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deployer}
    /// subjects: [{kind: ServiceAccount, name: deployer, namespace: ci}]
    /// ```
    ///
    /// Found are rules of ClusterRoles that allow `delete` or `deletecollection` on Pods,
    /// Deployments, Secrets, Services or Namespaces of every name, where a ClusterRoleBinding
    /// carries them over the whole cluster. What every cluster comes with is not judged, nor what
    /// an aggregated role has from roles that are judged themselves; a role that nobody is bound
    /// to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Kubescape C-0007
    "rbac-workload-delete", Rbac, Low, Standard,
    Related(Lookup { kinds: &[Kind::ClusterRole], reads: Grants::READS, run }),
    remediation: "bind the role in single namespaces, or drop `delete`",
}

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        let verbs = ["delete", "deletecollection"];
        reach == Reach::Cluster
            && (rule.allows_all("", &["pods", "secrets", "services", "namespaces"], &verbs)
                || rule.allows_all("apps", &["deployments"], &verbs))
    },
    field: "",
    wanted: "bound in single namespaces",
    message: "role allows deleting workloads and data of the whole cluster",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
