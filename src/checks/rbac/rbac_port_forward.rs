use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects forward ports of pods.
    ///
    /// ## Why
    ///
    /// A forwarded port goes past every NetworkPolicy and Ingress, to what listens on the loopback
    /// address of the pod only, such as debuggers and databases without a password.
    ///
    /// ## Fix
    ///
    /// Remove `pods/portforward`; give it for the time of an incident only:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules that allow `create` or `get` on `pods/portforward`: it works over a
    /// WebSocket, too. What every cluster comes with is not judged, nor what an aggregated role
    /// has from roles that are judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Kubescape C-0063
    "rbac-port-forward", Rbac, Medium, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "remove `pods/portforward` from the role",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| rule.allows("", &["pods/portforward"], &["create", "get"]),
    field: "",
    wanted: "no pods/portforward",
    message: "role allows forwarding ports of pods",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
