use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Workloads use service accounts that exist.
    ///
    /// ## Why
    ///
    /// Pods of an account that does not exist are not created: the rollout stands still.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: {name: web, namespace: shop}
    /// ```
    ///
    /// The account `default` is made by Kubernetes in every namespace and always passes.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/>
    /// - kube-linter `non-existent-service-account`, Popeye `POP-307`
    "service-account-dangling", Metadata, Medium, Core,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::ServiceAccount], run }),
    remediation: "create the ServiceAccount, or name one that exists",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let name = &workload.service_account_name;
    if name == "default" || cluster.find(Kind::ServiceAccount, &facts.key.namespace, name).is_some()
    {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::ServiceAccount) {
        return Verdict::Unknown("the account may be elsewhere".into());
    }
    let path = format!("{}/serviceAccountName", workload.spec_path);
    let evidence = Evidence::at(path, format!("`{name}` does not exist"), "an account that exists");
    Verdict::fail(format!("service account `{name}` does not exist"), [evidence])
}
