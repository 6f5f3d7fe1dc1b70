use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind},
};

check! {
    /// Nobody is bound to a role that is `cluster-admin` in all but name.
    ///
    /// ## Why
    ///
    /// A role with every verb on every resource of every group is as strong as `cluster-admin`,
    /// and is overlooked by whoever only looks for that name.
    ///
    /// ## Fix
    ///
    /// List in the role what its subjects really use:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments]
    ///     verbs: [get, list, watch, patch]
    /// ```
    ///
    /// The verbs `get`, `list`, `watch`, `create`, `update`, `patch` and `delete` together count as
    /// every verb. Roles that aggregate others are resolved. What every cluster comes with is not
    /// judged, and `cluster-admin` itself is judged by `cluster-admin-binding`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.1
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>
    /// - Polaris `rolebindingClusterAdminRole`
    "cluster-admin-equivalent-role", Rbac, High, Core,
    Related(Lookup {
        kinds: &[Kind::ClusterRoleBinding, Kind::RoleBinding],
        reads: &[Kind::ClusterRole, Kind::Role],
        run,
    }),
    remediation: "list in the role the groups, resources and verbs that its subjects use",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Binding { binding, .. } = &facts.body else { return Verdict::NotApplicable };
    let reference = &binding.role_ref;
    if facts.is_rbac_default() || reference.is_user_facing() {
        return Verdict::NotApplicable;
    }
    let Some(role) = cluster.role(&facts.key.namespace, reference) else {
        // A role that is nowhere grants nothing: see `binding-role-dangling`.
        if cluster.is_complete(reference.role_kind()) {
            return Verdict::NotApplicable;
        }
        return Verdict::Unknown("the role may be elsewhere".into());
    };
    if !cluster.rules_of(role).iter().any(|rule| rule.allows_everything()) {
        return Verdict::Pass;
    }
    let name = format!("{} `{}`", reference.kind, reference.name);
    let message = format!("binding grants {name}, which allows everything");
    Verdict::fail(message, [Evidence::at("/roleRef", name, "a narrower role")])
}
