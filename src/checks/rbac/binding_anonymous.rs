use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, Origin, RoleRef, Subject, UNAUTHENTICATED, Who},
};

check! {
    /// Nothing is granted to whoever has not logged in.
    ///
    /// ## Why
    ///
    /// Everybody who reaches the API server is `system:anonymous`, in the group
    /// `system:unauthenticated`: on many clusters that is the internet.
    ///
    /// ## Fix
    ///
    /// Remove the subject, and bind who is really meant:
    ///
    /// ```yaml
    /// subjects: [{kind: ServiceAccount, name: monitoring, namespace: observability}]
    /// ```
    ///
    /// Found are both names, each in its kind: a Group called `system:anonymous` has no members. The
    /// bindings of the control plane, to ClusterRole `system:public-info-viewer`, and the one by
    /// which kubeadm lets nodes find their cluster are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Trivy KSV-0122, Kubescape C-0262, Kyverno `restrict-binding-system-groups`, Gatekeeper
    ///   `disallowanonymous`, Marvin M-411
    "binding-anonymous", Rbac, Critical, Core,
    Object(&[Kind::ClusterRoleBinding, Kind::RoleBinding], run),
    remediation: "remove the subject; anybody who reaches the API server is meant by it",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Binding(binding) = &object.body else { return Verdict::NotApplicable };
    if object.rbac_origin() == Origin::ControlPlane || is_public(object, &binding.role_ref) {
        return Verdict::NotApplicable;
    }
    let is_anonymous = |subject: &Subject| {
        let who = subject.who(None);
        who == Some(Who::User("system:anonymous")) || who == Some(Who::Group(UNAUTHENTICATED))
    };
    let subjects = binding.subjects.iter().enumerate();
    let evidence = subjects.filter(|(_, subject)| is_anonymous(subject)).map(|(index, subject)| {
        let found = format!("{} {}", subject.kind, subject.name);
        Evidence::at(format!("/subjects/{index}"), found, "somebody who logs in")
    });
    let RoleRef { kind, name } = &binding.role_ref;
    Verdict::unless_empty(evidence.collect(), |_| {
        format!("binding grants {kind} `{name}` to whoever has not logged in")
    })
}

/// Whether it grants what is meant for everybody: the version of the cluster, or where it is.
fn is_public(object: &ClusterObject, role: &RoleRef) -> bool {
    const CLUSTER_INFO: &str = "kubeadm:bootstrap-signer-clusterinfo";
    let of_kubeadm = object.meta.name == CLUSTER_INFO
        && object.meta.namespace.as_deref() == Some("kube-public")
        && (role.kind == "Role" && role.name == CLUSTER_INFO);
    of_kubeadm || (role.kind == "ClusterRole" && role.name == "system:public-info-viewer")
}
