use crate::{
    api::Severity,
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Nobody is bound to `cluster-admin`.
    ///
    /// ## Why
    ///
    /// `cluster-admin` allows everything: to read every Secret, to change every object, to grant
    /// the same to others. Whoever takes over one of its subjects owns the cluster.
    ///
    /// ## Fix
    ///
    /// Bind a role with what the subject really does, if need be one of your own:
    ///
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata: {name: deployer}
    /// roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deployer}
    /// subjects: [{kind: ServiceAccount, name: deployer, namespace: ci}]
    /// ```
    ///
    /// The binding that every cluster comes with, and those of `system:masters` alone, are not
    /// judged. In a RoleBinding the role reigns over one namespace, which is one level less severe.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.1
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Polaris `clusterrolebindingClusterAdmin`
    "cluster-admin-binding", Rbac, High, Core,
    Object(&[Kind::ClusterRoleBinding, Kind::RoleBinding], run),
    remediation: "bind a narrower role",
    rule: Rule::object("object.roleRef.kind == 'ClusterRole' && object.roleRef.name == \
        'cluster-admin'")
        .when("!(object.kind == 'ClusterRoleBinding' && object.metadata.name == 'cluster-admin') \
        && object.metadata.?labels[?'kubernetes.io/bootstrapping'].orValue('') != \
        'rbac-defaults' && (object.?subjects.orValue([]).size() == 0 || \
        object.subjects.exists(who, who.kind != 'Group' || who.name != 'system:masters'))"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Binding(binding) = &object.body else { return Verdict::NotApplicable };
    if !binding.role_ref.is_cluster_admin() {
        return Verdict::Pass;
    }
    let is_cluster_wide = object.kind == Kind::ClusterRoleBinding;
    let is_bootstrap = is_cluster_wide && object.meta.name == "cluster-admin";
    let label = object.meta.labels.value("kubernetes.io/bootstrapping");
    let masters_only = !binding.subjects.is_empty()
        && binding.subjects.iter().all(|who| who.kind == "Group" && who.name == "system:masters");
    if is_bootstrap || label == Some("rbac-defaults") || masters_only {
        return Verdict::NotApplicable;
    }
    let evidence = Evidence::at("/roleRef", "ClusterRole `cluster-admin`", "a narrower role");
    let verdict = Verdict::fail("binding grants `cluster-admin`", [evidence]);
    if is_cluster_wide { verdict } else { verdict.at_severity(Severity::Medium) }
}
