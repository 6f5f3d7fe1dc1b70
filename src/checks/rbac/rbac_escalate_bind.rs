use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Reach},
};

check! {
    /// Roles do not let their subjects grant more than they hold.
    ///
    /// ## Why
    ///
    /// The API server lets nobody write a role, or bind one, that allows more than they hold
    /// themselves. The verbs `escalate` and `bind` lift that: their holder can become
    /// `cluster-admin`.
    ///
    /// ## Fix
    ///
    /// Remove the verbs, or name the roles that may be bound:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [rbac.authorization.k8s.io]
    ///     resources: [clusterroles]
    ///     resourceNames: [view]
    ///     verbs: [bind]
    /// ```
    ///
    /// Found are rules that allow `escalate` or `bind` on Roles or ClusterRoles. To `bind` roles
    /// that are named, `cluster-admin` not among them, is taken for a decision; a Role cannot give
    /// `escalate` on ClusterRoles. What every cluster comes with is not judged, nor what an
    /// aggregated role has from roles that are judged themselves; a role that nobody is bound to
    /// is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.8
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb>
    /// - Trivy KSV-0050, Checkov `CKV_K8S_157`, `CKV_K8S_158`, Kubescape C-0191, Kyverno
    ///   `restrict-escalation-verbs-roles`
    "rbac-escalate-bind", Rbac, High, Core,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "remove `escalate` and `bind`, or name the roles that may be bound",
}

const GROUP: &str = "rbac.authorization.k8s.io";

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        let names = &rule.resource_names;
        let is_wide = names.is_empty() || names.iter().any(|name| name == "cluster-admin");
        (is_wide && rule.allows(GROUP, &["roles", "clusterroles"], &["bind"]))
            || rule.allows(GROUP, &["roles"], &["escalate"])
            || (reach == Reach::Cluster && rule.allows(GROUP, &["clusterroles"], &["escalate"]))
    },
    field: "",
    wanted: "neither `escalate` nor `bind`",
    message: "role allows granting more than one holds",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
