use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, ReferencePlace},
};

check! {
    /// Pods bring credentials for the registry of their images.
    ///
    /// ## Why
    ///
    /// Without credentials a node pulls what is public, or uses its own for all pods alike. Where
    /// every image comes from a private registry, a pod without them is a mistake.
    ///
    /// ## Fix
    ///
    /// Name the Secret in the pod, or once in its ServiceAccount:
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    /// imagePullSecrets:
    ///   - name: registry
    /// ```
    ///
    /// Found are pods where neither they nor their account name one. The account decides only for
    /// pods that name none, and is `default` where the pod names none. Off by default.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/>
    /// - Kyverno `require-imagepullsecrets`
    "image-pull-secrets-missing", Images, Info, Optional,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::ServiceAccount], run }),
    remediation: "set `imagePullSecrets` in the pod or in its ServiceAccount",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let is_own = |place: &ReferencePlace| matches!(place, ReferencePlace::PullSecret { .. });
    if workload.references.iter().any(|reference| is_own(&reference.place)) {
        return Verdict::Pass;
    }
    match cluster.account(&facts.key.namespace, &workload.service_account_name) {
        Some(account) if !account.image_pull_secrets.is_empty() => return Verdict::Pass,
        None if !cluster.is_complete(Kind::ServiceAccount) => {
            return Verdict::Unknown("the account may be elsewhere".into());
        }
        _ => {}
    }
    let path = format!("{}/imagePullSecrets", workload.spec_path);
    Verdict::fail(
        "pods have no credentials for the registry of their images",
        [Evidence::at(path, "absent", "a Secret")],
    )
}
