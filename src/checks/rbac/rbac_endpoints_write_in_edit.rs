use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// ClusterRole `edit` does not let its subjects write endpoints.
    ///
    /// ## Why
    ///
    /// Who writes the endpoints of a Service sends what comes through its load balancer or Ingress
    /// to any address, pods of other namespaces included, past NetworkPolicies (CVE-2021-25740).
    /// Clusters that were made before 1.22 still allow it in `edit` and `admin`.
    ///
    /// ## Fix
    ///
    /// Remove the rule from ClusterRole `system:aggregate-to-edit`, and keep the control plane from
    /// bringing it back:
    ///
    /// ```yaml
    /// metadata:
    ///   name: system:aggregate-to-edit
    ///   annotations: {rbac.authorization.kubernetes.io/autoupdate: "false"}
    /// ```
    ///
    /// Found are rules that allow `create`, `update`, `patch`, `delete` or `deletecollection` on
    /// Endpoints in the ClusterRoles that `edit` is made of, and in `edit` itself where it is not
    /// made of others.
    ///
    /// ## References
    ///
    /// - <https://github.com/kubernetes/kubernetes/issues/103675>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#write-access-for-endpoints>
    /// - Kyverno `restrict-edit-for-endpoints`, Gatekeeper `block-endpoint-edit-default-role`
    "rbac-endpoints-write-in-edit", Rbac, Low, Standard, Object(&[Kind::ClusterRole], run),
    remediation: "remove `endpoints` from ClusterRole `system:aggregate-to-edit`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Role(role) = &object.body else { return Verdict::NotApplicable };
    let label = object.meta.labels.value("rbac.authorization.k8s.io/aggregate-to-edit");
    let is_part = object.meta.name == "system:aggregate-to-edit" || label == Some("true");
    let is_whole = object.meta.name == "edit" && role.aggregation_rule.is_none();
    if !is_part && !is_whole {
        return Verdict::NotApplicable;
    }
    let verbs = ["create", "update", "patch", "delete", "deletecollection"];
    let rules = role.rules.iter().enumerate();
    let writing = rules.filter(|(_, rule)| rule.allows("", &["endpoints"], &verbs));
    let evidence = writing.map(|(index, rule)| {
        let found = format!("{} on {}", rule.verbs.join(", "), rule.resources.join(", "));
        Evidence::at(format!("/rules/{index}"), found, "endpoints are read only")
    });
    Verdict::unless_empty(evidence.collect(), |_| "role lets `edit` write endpoints".to_owned())
}
