use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, Who, workloads_and},
};

check! {
    /// Service accounts are used.
    ///
    /// ## Why
    ///
    /// An account that no pod runs as is only good for whoever asks for its token.
    ///
    /// ## Fix
    ///
    /// ```sh
    /// kubectl delete serviceaccount NAME
    /// ```
    ///
    /// Found are accounts that no pod template of the namespace names and no binding, but for those of
    /// whole groups.
    /// The account `default` is made by Kubernetes and left out, and so is `kube-system`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/>
    /// - Popeye `POP-400`, Kor `serviceaccounts`
    "service-account-unused", Efficiency, Low, Standard,
    Related(Lookup { kinds: &[Kind::ServiceAccount], reads: READS, run }),
    remediation: "delete the account",
}

const READS: &[Kind] = workloads_and![ClusterRoleBinding, RoleBinding];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::ServiceAccount(_) = &facts.body else { return Verdict::NotApplicable };
    let (namespace, name) = (&*facts.key.namespace, &*facts.key.name);
    if name == "default" || namespace.starts_with("kube-") {
        return Verdict::NotApplicable;
    }
    let is_bound = || cluster.rbac().is_named(Who::Account { namespace, name });
    if cluster.runs_as(namespace, name) || is_bound() {
        return Verdict::Pass;
    }
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what uses it may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "no pod and no binding", "a user");
    Verdict::fail("no pod runs as the account, and no binding names it", [evidence])
}
