use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects add containers to running pods.
    ///
    /// ## Why
    ///
    /// An ephemeral container joins a pod with an image of its own and sees its files, processes
    /// and token. It stays in the pod, and in no manifest.
    ///
    /// ## Fix
    ///
    /// Remove it; give it for the time of an incident only:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules that allow `update` or `patch` on `pods/ephemeralcontainers`. What every
    /// cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/>
    /// - rbac-police `pods_ephemeral_ctrs`
    "rbac-ephemeral-containers", Rbac, Medium, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "remove `pods/ephemeralcontainers` from the role",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| rule.allows("", &["pods/ephemeralcontainers"], &["update", "patch"]),
    field: "",
    wanted: "no pods/ephemeralcontainers",
    message: "role allows adding containers to running pods",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
