use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, Labels, Origin},
};

check! {
    /// Roles are in use.
    ///
    /// ## Why
    ///
    /// Nobody looks after a role that nobody holds, and one day somebody binds it for its name,
    /// without reading it.
    ///
    /// ## Fix
    ///
    /// Delete the role, or bind it:
    ///
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata: {name: reader, namespace: shop}
    /// roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
    /// subjects: [{kind: Group, name: support, apiGroup: rbac.authorization.k8s.io}]
    /// ```
    ///
    /// Found are Roles and ClusterRoles that no binding refers to and no ClusterRole aggregates. What
    /// every cluster comes with is not judged, nor what is labelled to be aggregated to one of those.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#periodic-review>
    /// - Popeye POP-400, Kor
    "role-unused", Rbac, Low, Standard,
    Related(Lookup {
        kinds: &[Kind::ClusterRole, Kind::Role],
        reads: READS,
        run,
    }),
    remediation: "delete the role",
}

const READS: &[Kind] = &[Kind::ClusterRole, Kind::ClusterRoleBinding, Kind::RoleBinding];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let is_for_people = |label: &str| label.starts_with("rbac.authorization.k8s.io/aggregate-to-");
    let mut labels = facts.role_labels().into_iter().flat_map(Labels::iter);
    if facts.rbac_origin() != Origin::Own || labels.any(|(label, _)| is_for_people(label)) {
        return Verdict::NotApplicable;
    }
    let rbac = cluster.rbac();
    if rbac.is_referred_to(&facts.key) || !rbac.wholes(facts).is_empty() {
        return Verdict::Pass;
    }
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("a binding may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "no binding refers to it", "a binding");
    Verdict::fail("no binding refers to the role", [evidence])
}
