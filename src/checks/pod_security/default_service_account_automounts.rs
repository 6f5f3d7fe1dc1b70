use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// The ServiceAccount `default` gives its token to nobody.
    ///
    /// ## Why
    ///
    /// Pods that never talk to the API server name no account, and so get a token of `default`, ready
    /// for whoever breaks into them.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: default
    ///   namespace: shop
    /// automountServiceAccountToken: false
    /// ```
    ///
    /// Found are accounts of that name whose `automountServiceAccountToken` is not `false`.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.1.5
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>
    /// - Checkov `CKV_K8S_41`, Kubescape C-0189, Popeye POP-303
    "default-service-account-automounts", PodSecurity, Low, Core,
    Object(&[Kind::ServiceAccount], run),
    remediation: "set `automountServiceAccountToken: false` on the ServiceAccount",
    fixes: &[Fix::set("automountServiceAccountToken", "false")],
    rule: Rule::object("object.metadata.name == 'default' && \
        object.?automountServiceAccountToken.orValue(true)"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::ServiceAccount(account) = &object.body else { return Verdict::NotApplicable };
    if object.meta.name != "default" {
        return Verdict::Pass;
    }
    let found = match account.automount_service_account_token {
        Some(false) => return Verdict::Pass,
        Some(true) => "true",
        None => "absent",
    };
    let evidence = Evidence::at("/automountServiceAccountToken", found, "false");
    Verdict::fail("the default ServiceAccount gives its token to all pods", [evidence])
}
