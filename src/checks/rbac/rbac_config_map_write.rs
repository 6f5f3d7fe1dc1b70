use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Reach},
};

check! {
    /// Roles do not let their subjects change the settings of the cluster.
    ///
    /// ## Why
    ///
    /// ConfigMaps of `kube-system` steer the cluster: where DNS looks, how kube-proxy works, on
    /// some clouds who is an administrator (`aws-auth`).
    ///
    /// ## Fix
    ///
    /// Name the ConfigMap, in a Role of its namespace:
    ///
    /// ```yaml
    /// kind: Role
    /// metadata: {name: settings, namespace: shop}
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     resourceNames: [web]
    ///     verbs: [get, update, patch]
    /// ```
    ///
    /// Found are rules that allow `create`, `update`, `patch` or `delete` on ConfigMaps of every
    /// name, in a Role of `kube-system`, or in a ClusterRole that is bound there or in the whole
    /// cluster. What every cluster comes with is not judged, nor what an aggregated role has from
    /// roles that are judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Trivy KSV-0049, KSV-0115, Kubescape C-0037
    "rbac-config-map-write", Rbac, Low, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "name the ConfigMaps in `resourceNames`, or bind the role in its namespace",
}

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        reach != Reach::Namespace
            && rule.allows_all("", &["configmaps"], &["create", "update", "patch", "delete"])
    },
    field: "",
    wanted: "ConfigMaps by name",
    message: "role allows changing ConfigMaps of kube-system",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
