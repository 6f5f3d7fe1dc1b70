use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects run commands in pods.
    ///
    /// ## Why
    ///
    /// Whoever may `exec` or `attach` is every pod that the role covers: reads its files, Secrets
    /// and token, and acts with its rights.
    ///
    /// ## Fix
    ///
    /// Remove `pods/exec` and `pods/attach`; give them for the time of an incident only:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// Found are rules that allow `create` or `get` on either: both work over a WebSocket, too.
    /// `pods/*` means nothing to the authorizer. What every cluster comes with is not judged, nor
    /// what an aggregated role has from roles that are judged themselves; a role that nobody is
    /// bound to is `info`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>
    /// - Polaris `clusterrolePodExecAttach`, `rolePodExecAttach`, Trivy KSV-0053, Checkov
    ///   `CKV2_K8S_2`, Kubescape C-0002
    "rbac-pod-exec", Rbac, High, Core,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "remove `pods/exec` and `pods/attach` from the role",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| rule.allows("", &["pods/exec", "pods/attach"], &["create", "get"]),
    field: "",
    wanted: "neither pods/exec nor pods/attach",
    message: "role allows commands in pods",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
