use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles name the API groups that they allow.
    ///
    /// ## Why
    ///
    /// With `*` a rule for `*` also covers the custom resources of every operator, present and
    /// future, and a rule for one resource covers its namesakes in other groups.
    ///
    /// ## Fix
    ///
    /// Name the group; the core group is the empty name:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules with `*` among the API groups together with a wildcard among the resources
    /// or the verbs. What every cluster comes with is not judged, nor what an aggregated role has
    /// from roles that are judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.3
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    /// - Trivy KSV-0044, Checkov `CKV_K8S_49`
    "rbac-wildcard-api-groups", Rbac, Medium, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "name the API groups",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| {
        rule.api_groups.iter().any(|group| group == "*")
            && (rule.resources.iter().any(|name| name == "*" || name.starts_with("*/"))
                || rule.verbs.iter().any(|verb| verb == "*"))
    },
    field: "/apiGroups",
    wanted: "a list of API groups",
    message: "role names API groups by a wildcard",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
