use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Pods that get a token use a ServiceAccount of their own.
    ///
    /// ## Why
    ///
    /// All pods of a namespace that name no account share `default`. A right that one of them needs
    /// goes to all, and no log tells them apart.
    ///
    /// ## Fix
    ///
    /// Make an account for the workload and name it, or go without a token:
    ///
    /// ```yaml
    /// spec:
    ///   serviceAccountName: web
    /// ```
    ///
    /// Found are pods of the account `default`, named or not, that get its token: by
    /// `automountServiceAccountToken` of the pod, else of the account, else by default.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.5
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/>
    /// - kube-linter `default-service-account`, Kubescape C-0189, Popeye POP-300
    "default-service-account-used", PodSecurity, Low, Core,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::ServiceAccount], run }),
    remediation: "name a ServiceAccount of its own in `serviceAccountName`",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let name = &workload.service_account_name;
    if name != "default" {
        return Verdict::Pass;
    }
    let account = cluster.account_automounts(&facts.key.namespace, name);
    if workload.automount.or(account) == Some(false) {
        return Verdict::Pass;
    }
    let path = format!("{}/serviceAccountName", workload.spec_path);
    Verdict::fail(
        "pods get a token of the ServiceAccount that all share",
        [Evidence::at(path, "default", "another account")],
    )
}
