use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Roles do not let their subjects write the status of Services.
    ///
    /// ## Why
    ///
    /// The addresses in the status of a Service are believed: who writes them draws the traffic to
    /// any address, as far as it comes from the cluster (CVE-2020-8554).
    ///
    /// ## Fix
    ///
    /// Only the controller of load balancers writes it; others read:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [services, services/status]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules of ClusterRoles that allow `update` or `patch` on `services/status`. What
    /// every cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://github.com/kubernetes/kubernetes/issues/97076>
    /// - Checkov `CKV2_K8S_4`
    "rbac-service-status-write", Rbac, Medium, Standard,
    Related(Lookup { kinds: &[Kind::ClusterRole], reads: Grants::READS, run }),
    remediation: "remove `update` and `patch` on `services/status`",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| rule.allows("", &["services/status"], &["update", "patch"]),
    field: "",
    wanted: "no services/status",
    message: "role allows writing the status of Services",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
