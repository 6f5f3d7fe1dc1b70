use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Pods get no token of their ServiceAccount unasked.
    ///
    /// ## Why
    ///
    /// The token is a key to the API server, and lies in the filesystem of every container. Whoever
    /// takes over one of them may do what the account may.
    ///
    /// ## Fix
    ///
    /// Most programs never call the API server; switch the token off for them:
    ///
    /// ```yaml
    /// spec:
    ///   automountServiceAccountToken: false
    /// ```
    ///
    /// The field may also stand in the ServiceAccount; the pod's own value wins. Where neither says
    /// `false`, or where the account is not known, there is a token. For a program that does call
    /// the API server, exempt it: the finding is then on record as meant.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.6
    /// - NSA/CISA Kubernetes Hardening Guide, pod service account tokens
    /// - Polaris `automountServiceAccountToken`
    "service-account-token-automount", PodSecurity, Medium, Core,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::ServiceAccount], run }),
    remediation: "set `automountServiceAccountToken: false` unless it calls the API server",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let name = &workload.service_account_name;
    let account = cluster.account_automounts(&facts.key.namespace, name);
    let found = match workload.automount.or(account) {
        Some(false) => return Verdict::Pass,
        Some(true) => "true",
        None => "absent",
    };
    let path = format!("{}/automountServiceAccountToken", workload.spec_path);
    Verdict::fail(
        format!("pods get a token of ServiceAccount `{name}`"),
        [Evidence::at(path, found, "false")],
    )
}
