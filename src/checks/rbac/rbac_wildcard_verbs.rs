use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles name the verbs that they allow.
    ///
    /// ## Why
    ///
    /// `*` also allows what nobody thought of: `deletecollection`, `escalate`, `bind`,
    /// `impersonate`, and every verb that a later version brings.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules for resources with `*` among the verbs; rules for URLs are not. What every
    /// cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.3
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    /// - kube-linter `wildcard-in-rules`, Trivy KSV-0045, Checkov `CKV_K8S_49`, Kubescape C-0187,
    ///   Kyverno `restrict-wildcard-verbs`
    "rbac-wildcard-verbs", Rbac, High, Core,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "list the verbs that are needed",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| !rule.resources.is_empty() && rule.verbs.iter().any(|verb| verb == "*"),
    field: "/verbs",
    wanted: "a list of verbs",
    message: "role allows every verb",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
