use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{ABOVE_RBAC, Body, Kind, Object as ClusterObject, Origin, Who},
};

check! {
    /// No binding names the group that is above RBAC.
    ///
    /// ## Why
    ///
    /// Whoever is in `system:masters` may do everything, before any role is asked, and no binding can
    /// take that away again: a certificate that names the group stays valid until it expires. A
    /// binding to it grants nothing and shows that the group is in use.
    ///
    /// ## Fix
    ///
    /// Take the group out of certificates and logins, and bind one that can be unbound:
    ///
    /// ```yaml
    /// subjects: [{kind: Group, name: cluster-admins, apiGroup: rbac.authorization.k8s.io}]
    /// ```
    ///
    /// The binding `cluster-admin` of the control plane is not judged.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.7
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege>
    /// - Trivy KSV-0123, Kubescape C-0246, Datree 104, Kyverno `restrict-binding-system-groups`
    "binding-system-masters", Rbac, High, Core,
    Object(&[Kind::ClusterRoleBinding, Kind::RoleBinding], run),
    remediation: "bind a group of your own instead of `system:masters`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Binding(binding) = &object.body else { return Verdict::NotApplicable };
    let is_bootstrap =
        object.kind == Kind::ClusterRoleBinding && object.meta.name == "cluster-admin";
    if object.rbac_origin() == Origin::ControlPlane || is_bootstrap {
        return Verdict::NotApplicable;
    }
    let subjects = binding.subjects.iter().enumerate();
    let masters = subjects.filter(|(_, who)| who.who(None) == Some(Who::Group(ABOVE_RBAC)));
    let evidence = masters.map(|(index, _)| {
        let found = format!("Group {ABOVE_RBAC}");
        Evidence::at(format!("/subjects/{index}"), found, "a group of your own")
    });
    Verdict::unless_empty(evidence.collect(), |_| {
        format!("binding names group `{ABOVE_RBAC}`, which is above RBAC")
    })
}
