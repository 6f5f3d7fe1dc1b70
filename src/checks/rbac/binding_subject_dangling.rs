use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, Origin, Who},
};

check! {
    /// Bindings name ServiceAccounts that exist.
    ///
    /// ## Why
    ///
    /// The rights wait for whoever creates an account of that name: it takes no more than the right
    /// to create ServiceAccounts and pods in the namespace.
    ///
    /// ## Fix
    ///
    /// Delete the binding, or the subject; or create the account:
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: {name: deployer, namespace: ci}
    /// ```
    ///
    /// Users and groups are not objects, and cannot be looked up. `default` exists in every
    /// namespace. The bindings of the control plane, whose accounts come when they are needed, are
    /// not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>
    /// - Popeye POP-1300
    "binding-subject-dangling", Rbac, Low, Standard,
    Related(Lookup {
        kinds: &[Kind::ClusterRoleBinding, Kind::RoleBinding],
        reads: &[Kind::ServiceAccount],
        run,
    }),
    remediation: "delete the binding or the subject, or create the ServiceAccount",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(binding) = facts.binding() else { return Verdict::NotApplicable };
    if facts.rbac_origin() != Origin::Own {
        return Verdict::NotApplicable;
    }
    let exists = |namespace: &str, name: &str| {
        name == "default" || cluster.find(Kind::ServiceAccount, namespace, name).is_some()
    };
    let subjects = binding.subjects.iter().enumerate();
    let missing = subjects.filter_map(|(index, subject)| match subject.who(facts.key.scope())? {
        Who::Account { namespace, name } if !exists(namespace, name) => Some((index, name)),
        _ => None,
    });
    let missing: Vec<_> = missing.collect();
    let Some((_, name)) = missing.first() else { return Verdict::Pass };
    if !cluster.is_complete(Kind::ServiceAccount) {
        return Verdict::Unknown("the ServiceAccount may be elsewhere".into());
    }
    let message = match missing.len() {
        1 => format!("binding names ServiceAccount `{name}`, which does not exist"),
        count => format!("binding names {count} ServiceAccounts that do not exist"),
    };
    let evidence = missing.iter().map(|(index, name)| {
        let found = format!("ServiceAccount {name} does not exist");
        Evidence::at(format!("/subjects/{index}"), found, "an account that exists")
    });
    Verdict::fail(message, evidence.collect::<Vec<_>>())
}
