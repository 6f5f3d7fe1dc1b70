use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects change the network.
    ///
    /// ## Why
    ///
    /// Who writes Services, endpoints, Ingresses or routes sends traffic elsewhere; who writes
    /// NetworkPolicies opens what others have closed.
    ///
    /// ## Fix
    ///
    /// Operators of the network need this; others read, or have single objects named:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [networking.k8s.io]
    ///     resources: [networkpolicies, ingresses]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules that allow `create`, `update`, `patch` or `delete` on Services, Endpoints,
    /// EndpointSlices, NetworkPolicies, Ingresses or OpenShift routes of every name. What every
    /// cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Trivy KSV-0056
    "rbac-network-write", Rbac, Medium, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "allow changes of the network to its operators only, or name the objects",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| {
        let verbs = ["create", "update", "patch", "delete"];
        let resources = [
            ("", &["services", "endpoints"][..]),
            ("discovery.k8s.io", &["endpointslices"]),
            ("networking.k8s.io", &["networkpolicies", "ingresses"]),
            ("route.openshift.io", &["routes"]),
        ];
        resources.into_iter().any(|(group, names)| rule.allows_all(group, names, &verbs))
    },
    field: "",
    wanted: "the network is read only",
    message: "role allows changing the network",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
