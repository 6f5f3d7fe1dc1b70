use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Reach},
};

check! {
    /// Roles do not let their subjects bind roles.
    ///
    /// ## Why
    ///
    /// Who writes bindings decides who may do what. The API server keeps them from granting more
    /// than they hold, yet all of that can be handed to anybody, and with `bind` beside it
    /// everything can be taken.
    ///
    /// ## Fix
    ///
    /// Reserve bindings to administrators, and let others read them:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [rbac.authorization.k8s.io]
    ///     resources: [roles, rolebindings]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules that allow `create`, `update` or `patch` on RoleBindings or
    /// ClusterRoleBindings of every name. A Role cannot give the latter. What every cluster comes
    /// with is not judged, nor what an aggregated role has from roles that are judged themselves;
    /// a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb>
    /// - Trivy KSV-0051, KSV-0052, KSV-0055, Checkov `CKV2_K8S_1`
    "rbac-binding-write", Rbac, High, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "reserve the writing of bindings to administrators",
}

const GROUP: &str = "rbac.authorization.k8s.io";

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        let verbs = ["create", "update", "patch"];
        rule.allows_all(GROUP, &["rolebindings"], &verbs)
            || (reach == Reach::Cluster && rule.allows_all(GROUP, &["clusterrolebindings"], &verbs))
    },
    field: "",
    wanted: "bindings are read only",
    message: "role allows writing bindings",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
