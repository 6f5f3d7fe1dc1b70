use crate::{
    checks::{Context, Grants, Verdict, check::check},
    model::{Cluster, Facts},
};

check! {
    /// Roles do not let their subjects issue tokens of any ServiceAccount.
    ///
    /// ## Why
    ///
    /// A token of an account is that account: who may issue tokens holds the rights of every
    /// ServiceAccount of the namespace, or of the cluster, and leaves no pod behind.
    ///
    /// ## Fix
    ///
    /// Name the account:
    ///
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [serviceaccounts/token]
    ///     resourceNames: [deployer]
    ///     verbs: [create]
    /// ```
    ///
    /// Found are rules that allow `create` on `serviceaccounts/token` for accounts of every name.
    /// What every cluster comes with is not judged, nor what an aggregated role has from roles
    /// that are judged themselves; a role that nobody is bound to is `info`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.13
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request>
    /// - Kubescape C-0282
    "rbac-token-create", Rbac, High, Standard,
    Related(Lookup { kinds: Grants::KINDS, reads: Grants::READS, run }),
    remediation: "name the ServiceAccounts in `resourceNames`",
}

const GRANTS: Grants = Grants {
    gives: |rule, _| rule.allows_all("", &["serviceaccounts/token"], &["create"]),
    field: "",
    wanted: "ServiceAccounts by name",
    message: "role allows issuing tokens of every ServiceAccount",
};

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    GRANTS.judge(facts, cluster)
}
