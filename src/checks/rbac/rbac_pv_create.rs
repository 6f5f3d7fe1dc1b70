use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Kind, Reach},
};

check! {
    /// Roles do not let their subjects create PersistentVolumes.
    ///
    /// ## Why
    ///
    /// A PersistentVolume may be a `hostPath`: who creates one reads and writes the disk of a
    /// node, past what Pod Security forbids to pods.
    ///
    /// ## Fix
    ///
    /// Let claims be served by a StorageClass:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [persistentvolumeclaims]
    ///     verbs: [create, get, list, watch]
    /// ```
    ///
    /// Found are rules of ClusterRoles that allow `create` on PersistentVolumes. It needs a
    /// ClusterRoleBinding, and `resourceNames` never allow it. What every cluster comes with is
    /// not judged, nor what an aggregated role has from roles that are judged themselves; a role
    /// that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.9
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation>
    /// - Kubescape C-0278
    "rbac-pv-create", Rbac, Medium, Standard,
    Related(Lookup { kinds: &[Kind::ClusterRole], reads: Grants::READS, run }),
    remediation: "let claims be served by a StorageClass, and drop `create`",
}

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        reach == Reach::Cluster && rule.allows_all("", &["persistentvolumes"], &["create"])
    },
    field: "",
    wanted: "no `create` of PersistentVolumes",
    message: "role allows creating PersistentVolumes",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
