use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles name the resources that they allow.
    ///
    /// ## Why
    ///
    /// `*` covers Secrets, roles, nodes and every resource that an operator adds tomorrow;
    /// `*/scale` and the like cover that subresource of everything.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, services]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules with `*`, or `*/` and a subresource, among the resources. What every
    /// cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.3
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    /// - kube-linter `wildcard-in-rules`, Trivy KSV-0046, Checkov `CKV_K8S_49`, Kyverno
    ///   `restrict-wildcard-resources`
    "rbac-wildcard-resources", Rbac, High, Core,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "list the resources that are needed",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| rule.resources.iter().any(|name| name == "*" || name.starts_with("*/")),
    field: "/resources",
    wanted: "a list of resources",
    message: "role names resources by a wildcard",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
