use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects delete traces.
    ///
    /// ## Why
    ///
    /// Events and logs tell what an intruder did. Nobody has to delete them: they expire.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: ["", events.k8s.io]
    ///     resources: [events]
    ///     verbs: [create, patch, get, list, watch]
    /// ```
    ///
    /// Found are rules that allow `delete` or `deletecollection` on Events, or on `pods/log`. What
    /// every cluster comes with is not judged, nor what an aggregated role has from roles that are
    /// judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Trivy KSV-0042, Kubescape C-0031
    "rbac-audit-trail-delete", Rbac, Medium, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "remove `delete` and `deletecollection` on events and logs",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| {
        let verbs = ["delete", "deletecollection"];
        rule.allows("", &["events", "pods/log"], &verbs)
            || rule.allows("events.k8s.io", &["events"], &verbs)
    },
    field: "",
    wanted: "neither is deleted",
    message: "role allows deleting events or logs",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
