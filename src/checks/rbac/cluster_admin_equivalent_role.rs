use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, Origin, PolicyRule, Role},
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
    let Some(binding) = facts.binding() else { return Verdict::NotApplicable };
    let reference = &binding.role_ref;
    if facts.rbac_origin() != Origin::Own || reference.is_user_facing() {
        return Verdict::NotApplicable;
    }
    let rbac = cluster.rbac();
    let Some(role) = rbac.role(&facts.key.namespace, reference) else {
        // A role that is nowhere grants nothing: see `binding-role-dangling`.
        let is_nowhere = reference.role_kind().is_none_or(|kind| cluster.is_complete(kind));
        return match is_nowhere {
            true => Verdict::NotApplicable,
            false => Verdict::Unknown("the role may be elsewhere".into()),
        };
    };
    if !rbac.any_rule(role, PolicyRule::allows_everything) {
        let is_to_be_filled = role.role().is_some_and(Role::is_to_be_filled);
        return match is_to_be_filled && !cluster.is_complete(Kind::ClusterRole) {
            true => Verdict::Unknown("roles that the role aggregates may be elsewhere".into()),
            false => Verdict::Pass,
        };
    }
    let name = format!("{} `{}`", reference.kind, reference.name);
    let message = format!("binding grants {name}, which allows everything");
    Verdict::fail(message, [Evidence::at("/roleRef", name, "a narrower role")])
}
