use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects read Secrets at large.
    ///
    /// ## Why
    ///
    /// A Secret is a password, a key, or the token of a ServiceAccount. Who may read all of them
    /// holds every right that any of them gives; `list` and `watch` show their content as `get`
    /// does.
    ///
    /// ## Fix
    ///
    /// Name the Secrets, and allow `get` only:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [secrets]
    ///     resourceNames: [web-tls]
    ///     verbs: [get]
    /// ```
    ///
    /// Found are rules that allow `get`, `list` or `watch` on Secrets of every name. What every
    /// cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.2
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets>
    /// - kube-linter `access-to-secrets`, Trivy KSV-0041, Checkov `CKV2_K8S_5`, Kubescape C-0015,
    ///   Kyverno `restrict-secret-role-verbs`
    "rbac-secret-access", Rbac, Medium, Core,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "name the Secrets in `resourceNames`, or drop `list` and `watch`",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| rule.allows_all("", &["secrets"], &["get", "list", "watch"]),
    field: "",
    wanted: "Secrets by name",
    message: "role allows reading Secrets",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
