use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, HeldPower, Kind},
};

check! {
    /// Workloads do not hold the keys of the cluster.
    ///
    /// ## Why
    ///
    /// A pod carries the token of its ServiceAccount. Where that account may rule the cluster, one
    /// hole in one container is enough to lose all of it: these workloads are to be hardened, and
    /// stripped, first.
    ///
    /// ## Fix
    ///
    /// Give the account a role with what it needs, and no token where it needs none:
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: {name: web, namespace: shop}
    /// automountServiceAccountToken: false
    /// ```
    ///
    /// Looked for is what a ClusterRoleBinding gives the account, or a group that it is in:
    /// everything (as `cluster-admin`), reading every Secret, `escalate` or `bind` on roles,
    /// `impersonate`, `nodes/proxy`, and writing admission webhooks. A RoleBinding reaches no
    /// further than its namespace and counts in `kube-system` only, whose accounts rule the cluster.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks>
    "workload-cluster-takeover", Rbac, High, Standard,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: READS, run }),
    remediation: "narrow the roles of the ServiceAccount, or do not mount its token",
}

const READS: &[Kind] = &[
    Kind::ServiceAccount,
    Kind::ClusterRole,
    Kind::Role,
    Kind::ClusterRoleBinding,
    Kind::RoleBinding,
];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let (namespace, account) = (&facts.key.namespace, &workload.service_account_name);
    let own = workload.automount;
    if own.or_else(|| cluster.account_automounts(namespace, account)) == Some(false) {
        return Verdict::NotApplicable;
    }
    let grants = cluster.rbac().powers_of_account(namespace, account);
    let is_known = match grants.as_slice() {
        [] => READS.iter().all(|kind| cluster.is_complete(*kind)),
        _ => {
            own == Some(true)
                || cluster.is_complete(Kind::ServiceAccount)
                || cluster.find(Kind::ServiceAccount, namespace, account).is_some()
        }
    };
    if !is_known {
        return Verdict::Unknown("the account and its bindings may be elsewhere".into());
    }
    if grants.is_empty() {
        return Verdict::Pass;
    }
    let path = format!("{}/serviceAccountName", workload.spec_path);
    let found = grants.iter().map(|HeldPower { power, kind, binding }| {
        format!("can {} by {kind} `{binding}`", power.as_str())
    });
    let found = found.collect::<Vec<_>>().join(", ");
    let message = format!(
        "pods hold the token of ServiceAccount `{account}`, which can take over the cluster"
    );
    Verdict::fail(message, [Evidence::at(path, found, "no power over the cluster")])
}
