use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, Who},
};

check! {
    /// The ServiceAccount `default` is granted nothing.
    ///
    /// ## Why
    ///
    /// Every pod that names no account runs as `default`: what is granted to it, each of them holds,
    /// also those that somebody adds tomorrow.
    ///
    /// ## Fix
    ///
    /// Make an account for the one workload that needs the rights:
    ///
    /// ```yaml
    /// subjects: [{kind: ServiceAccount, name: deployer, namespace: ci}]
    /// ```
    ///
    /// Found is the account of any namespace, also where it is bound by its user name.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.5
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts>
    /// - Checkov `CKV_K8S_42`, Kubescape C-0189, Popeye POP-308
    "binding-default-service-account", Rbac, Medium, Core,
    Object(&[Kind::ClusterRoleBinding, Kind::RoleBinding], run),
    remediation: "bind a ServiceAccount that one workload has for itself",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Binding(binding) = &object.body else { return Verdict::NotApplicable };
    let own = object.kind.is_namespaced().then_some(object.meta.namespace.as_deref());
    let namespace = own.map(Option::unwrap_or_default);
    let subjects = binding.subjects.iter().enumerate();
    let evidence = subjects.filter_map(|(index, subject)| match subject.who(namespace)? {
        who @ Who::Account { name: "default", .. } => {
            let found = format!("ServiceAccount {who}");
            Some(Evidence::at(format!("/subjects/{index}"), found, "an account of its own"))
        }
        _ => None,
    });
    let (kind, name) = (&binding.role_ref.kind, &binding.role_ref.name);
    Verdict::unless_empty(evidence.collect(), |_| {
        format!("binding grants {kind} `{name}` to ServiceAccount `default`")
    })
}
