use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject, Who},
};

check! {
    /// The dashboard has no rights of its own.
    ///
    /// ## Why
    ///
    /// What the account of the dashboard may do, everybody who reaches its page may do. Dashboards
    /// with rights, open to the internet, are how clusters came to mine coins.
    ///
    /// ## Fix
    ///
    /// Delete the binding. Who uses the dashboard logs in with a token of their own:
    ///
    /// ```yaml
    /// subjects: [{kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}]
    /// ```
    ///
    /// Found are bindings of a ServiceAccount, or to a role, called `kubernetes-dashboard`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/>
    /// - Kubescape C-0014
    "dashboard-access-granted", Rbac, Low, Standard,
    Object(&[Kind::ClusterRoleBinding, Kind::RoleBinding], run),
    remediation: "delete the binding; let users of the dashboard log in with their own token",
}

const DASHBOARD: &str = "kubernetes-dashboard";

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Binding(binding) = &object.body else { return Verdict::NotApplicable };
    let (kind, name) = (&binding.role_ref.kind, &binding.role_ref.name);
    let role = (name == DASHBOARD)
        .then(|| Evidence::at("/roleRef", format!("{kind} {name}"), "another role"));
    let subjects = binding.subjects.iter().enumerate();
    let accounts = subjects.filter_map(|(index, subject)| match subject.who(Some(""))? {
        Who::Account { name: DASHBOARD, .. } => {
            let found = format!("ServiceAccount {DASHBOARD}");
            Some(Evidence::at(format!("/subjects/{index}"), found, "another subject"))
        }
        _ => None,
    });
    Verdict::unless_empty(accounts.chain(role).collect(), |evidence| {
        match evidence.iter().any(|place| &*place.path != "/roleRef") {
            true => format!("binding grants {kind} `{name}` to the dashboard"),
            false => "binding grants the role of the dashboard".to_owned(),
        }
    })
}
