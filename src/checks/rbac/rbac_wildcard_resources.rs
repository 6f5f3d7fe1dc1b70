use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
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
    /// Roles that every cluster comes with (`system:…`, `cluster-admin`, `admin`, `edit`, `view`)
    /// are not judged.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.3
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    "rbac-wildcard-resources", Rbac, High, Core, Object(&[Kind::ClusterRole, Kind::Role], run),
    remediation: "list the resources that are needed",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Role(role) = &object.body else { return Verdict::NotApplicable };
    if object.is_rbac_default() {
        return Verdict::NotApplicable;
    }
    let rules = role.rules.iter().enumerate();
    let wide = rules.filter_map(|(index, rule)| {
        let name = rule.resources.iter().find(|name| *name == "*" || name.starts_with("*/"))?;
        let found = format!("{} on {name}", rule.verbs.join(", "));
        Some(Evidence::at(format!("/rules/{index}/resources"), found, "a list of resources"))
    });
    Verdict::unless_empty(wide.collect(), |_| "role names resources by a wildcard".to_owned())
}
