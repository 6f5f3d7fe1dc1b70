use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Bindings refer to roles that exist.
    ///
    /// ## Why
    ///
    /// Such a binding grants nothing today. Tomorrow whoever may create a role of that name grants
    /// it to the subjects without having been allowed to bind anything.
    ///
    /// ## Fix
    ///
    /// Delete the binding, or create the role that it means:
    ///
    /// ```yaml
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role                # of the binding's own namespace
    ///   name: reader
    /// ```
    ///
    /// Files rarely hold the roles that every cluster comes with (`view`, `system:…`): without
    /// `cluster-admin` among the objects, such a role counts as unknown.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>
    "binding-role-dangling", Rbac, Low, Core,
    Related(Lookup {
        kinds: &[Kind::ClusterRoleBinding, Kind::RoleBinding],
        reads: &[Kind::ClusterRole, Kind::Role],
        run,
    }),
    remediation: "delete the binding, or create the role",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(binding) = facts.binding() else { return Verdict::NotApplicable };
    let reference = &binding.role_ref;
    if cluster.rbac().role(&facts.key.namespace, reference).is_some() {
        return Verdict::Pass;
    }
    let may_come_with_cluster = reference.kind == "ClusterRole"
        && (reference.is_user_facing() || reference.name.starts_with("system:"))
        && cluster.find(Kind::ClusterRole, "", "cluster-admin").is_none();
    let may_be_elsewhere = reference.role_kind().is_some_and(|kind| !cluster.is_complete(kind));
    if may_come_with_cluster || may_be_elsewhere {
        return Verdict::Unknown("the role may be elsewhere".into());
    }
    let name = format!("{} `{}`", reference.kind, reference.name);
    let evidence = Evidence::at("/roleRef", format!("{name} does not exist"), "a role that exists");
    Verdict::fail(format!("binding refers to {name}, which does not exist"), [evidence])
}
