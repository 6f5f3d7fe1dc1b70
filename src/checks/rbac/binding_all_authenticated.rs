use compact_str::CompactString;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{
        AUTHENTICATED, Cluster, Facts, Kind, Origin, PolicyRule, Role, RoleRef, SERVICE_ACCOUNTS,
        Who,
    },
};

check! {
    /// Nothing but the basics is granted to everybody at once.
    ///
    /// ## Why
    ///
    /// `system:authenticated` is every user and every pod with a token, `system:serviceaccounts` is
    /// every pod of every namespace. On some clouds anybody with an account there is authenticated.
    ///
    /// ## Fix
    ///
    /// Bind a group of those who need it:
    ///
    /// ```yaml
    /// subjects: [{kind: Group, name: developers, apiGroup: rbac.authorization.k8s.io}]
    /// ```
    ///
    /// Found are bindings of either group to more than the basics: what the ClusterRoles
    /// `system:basic-user`, `system:discovery`, `system:public-info-viewer` and
    /// `system:service-account-issuer-discovery` allow, which is to find the API, and to ask who one
    /// is and what one may do. The bindings of the control plane are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Trivy KSV-01011, Kubescape C-0265, Kyverno `restrict-binding-system-groups`, Gatekeeper
    ///   `disallowanonymous`
    "binding-all-authenticated", Rbac, High, Core,
    Related(Lookup {
        kinds: &[Kind::ClusterRoleBinding, Kind::RoleBinding],
        reads: &[Kind::ClusterRole, Kind::Role],
        run,
    }),
    remediation: "bind a group of those who need it",
}

/// What every cluster lets everybody read.
const BASIC_ROLES: [&str; 4] = [
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
];
const BASIC_URLS: [&str; 15] = [
    "/api",
    "/api/*",
    "/apis",
    "/apis/*",
    "/healthz",
    "/livez",
    "/readyz",
    "/openapi",
    "/openapi/*",
    "/version",
    "/version/",
    "/.well-known/openid-configuration",
    "/.well-known/openid-configuration/",
    "/openid/v1/jwks",
    "/openid/v1/jwks/",
];
const SELF_REVIEWS: [&str; 3] =
    ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(binding) = facts.binding() else { return Verdict::NotApplicable };
    if facts.rbac_origin() == Origin::ControlPlane {
        return Verdict::NotApplicable;
    }
    let subjects = binding.subjects.iter().enumerate();
    let evidence = subjects.filter_map(|(index, subject)| {
        let Who::Group(name) = subject.who(None)? else { return None };
        [AUTHENTICATED, SERVICE_ACCOUNTS].contains(&name).then(|| {
            Evidence::at(format!("/subjects/{index}"), format!("Group {name}"), "a smaller group")
        })
    });
    let evidence: Vec<_> = evidence.collect();
    let RoleRef { kind, name } = &binding.role_ref;
    if evidence.is_empty() || (kind == "ClusterRole" && BASIC_ROLES.contains(&name.as_str())) {
        return Verdict::Pass;
    }
    if let Some(role) = cluster.rbac().role(&facts.key.namespace, &binding.role_ref)
        && !cluster.rbac().any_rule(role, |rule| !is_basic(rule))
    {
        let is_known = !role.role().is_some_and(Role::is_to_be_filled);
        return match is_known || cluster.is_complete(Kind::ClusterRole) {
            true => Verdict::Pass,
            false => Verdict::Unknown("roles that the role aggregates may be elsewhere".into()),
        };
    }
    Verdict::fail(format!("binding grants {kind} `{name}` to everybody"), evidence)
}

/// Whether a rule allows no more than to find the API, and to ask about oneself.
fn is_basic(rule: &PolicyRule) -> bool {
    let only = |names: &[_], known: &[&str]| {
        names.iter().all(|name: &CompactString| known.contains(&name.as_str()))
    };
    let reads = only(&rule.verbs, &["get", "head"]) && only(&rule.non_resource_urls, &BASIC_URLS);
    match rule.resources.is_empty() {
        true => reads,
        false => only(&rule.verbs, &["create"]) && only(&rule.resources, &SELF_REVIEWS),
    }
}
