use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
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
    /// Roles that every cluster comes with (`system:…`, `cluster-admin`, `admin`, `edit`, `view`)
    /// are not judged, nor are rules for URLs.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.3
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    "rbac-wildcard-verbs", Rbac, High, Core, Object(&[Kind::ClusterRole, Kind::Role], run),
    remediation: "list the verbs that are needed",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Role(role) = &object.body else { return Verdict::NotApplicable };
    if object.is_rbac_default() {
        return Verdict::NotApplicable;
    }
    let rules = role.rules.iter().enumerate();
    let wide = rules.filter(|(_, rule)| {
        !rule.resources.is_empty() && rule.verbs.iter().any(|verb| verb == "*")
    });
    let evidence = wide.map(|(index, rule)| {
        let found = format!("* on {}", rule.resources.join(", "));
        Evidence::at(format!("/rules/{index}/verbs"), found, "a list of verbs")
    });
    Verdict::unless_empty(evidence.collect(), |_| "role allows every verb".to_owned())
}
