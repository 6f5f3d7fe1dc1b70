use compact_str::CompactString;

use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{ABOVE_RBAC, Cluster, Facts, Reach},
};

check! {
    /// Roles do not let their subjects act as somebody else.
    ///
    /// ## Why
    ///
    /// Who may impersonate can become anybody by naming them, a member of `system:masters`
    /// included, and writes under that name.
    ///
    /// ## Fix
    ///
    /// Remove the verb, or name whom may be stood in for:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [groups]
    ///     resourceNames: [support]
    ///     verbs: [impersonate]
    /// ```
    ///
    /// Found are rules that allow `impersonate` on users, groups or ServiceAccounts, or on `uids`
    /// or `userextras` of `authentication.k8s.io`. Rules with `resourceNames` count where these
    /// name `system:masters` or `cluster-admin`. A Role can give ServiceAccounts only. The
    /// narrower verbs `impersonate:…` are not found. What every cluster comes with is not judged,
    /// nor what an aggregated role has from roles that are judged themselves; a role that nobody
    /// is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.8
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#impersonate-verb>
    /// - Trivy KSV-0043, Checkov `CKV2_K8S_3`, Kubescape C-0065, Kyverno
    ///   `restrict-escalation-verbs-roles`
    "rbac-impersonate", Rbac, High, Core,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "remove `impersonate`, or name in `resourceNames` whom may be stood in for",
}

const GROUP: &str = "authentication.k8s.io";
const VERBS: &[&str] = &["impersonate"];

const GRANTS: Grants = Grants {
    gives: |rule, reach| {
        let names = &rule.resource_names;
        let is_wide = names.is_empty()
            || names.iter().any(|name| name == ABOVE_RBAC || name == "cluster-admin");
        let others = || {
            let of_key = |name: &CompactString| name.starts_with("userextras/");
            rule.allows("", &["users", "groups"], VERBS)
                || rule.allows(GROUP, &["uids", "userextras"], VERBS)
                || (rule.has_group(GROUP)
                    && rule.has_verb("impersonate")
                    && rule.resources.iter().any(of_key))
        };
        is_wide
            && (rule.allows("", &["serviceaccounts"], VERBS)
                || (reach == Reach::Cluster && others()))
    },
    field: "",
    wanted: "no `impersonate`",
    message: "role allows acting as somebody else",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
