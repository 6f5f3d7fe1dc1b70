use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind},
};

check! {
    /// Network policies select pods that exist.
    ///
    /// ## Why
    ///
    /// A policy that selects nothing protects nothing. Most often a label was renamed on one side
    /// only, and the pods are open since.
    ///
    /// ## Fix
    ///
    /// Make `spec.podSelector` select the labels of the pod template, or delete the policy:
    ///
    /// ```yaml
    /// spec:
    ///   podSelector:
    ///     matchLabels: {app: web}   # as in the Deployment's spec.template.metadata.labels
    /// ```
    ///
    /// An empty selector is for all pods that will ever be, and not judged. Labels that controllers
    /// give pods, such as the name of a `StatefulSet`'s pod, are taken to match.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/network-policies/>
    /// - kube-linter `dangling-networkpolicy`, kube-score `networkpolicy-targets-pod`
    "network-policy-dangling", Networking, Low, Core,
    Related(Lookup { kinds: &[Kind::NetworkPolicy], reads: Kind::WORKLOADS, run }),
    remediation: "make the selector match the labels of the pods, or delete the policy",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::NetworkPolicy(policy) = &facts.body else { return Verdict::NotApplicable };
    if policy.pod_selector.is_empty() {
        return Verdict::NotApplicable;
    }
    if cluster.has_pods(&facts.key.namespace, &policy.pod_selector) {
        return Verdict::Pass;
    }
    if !cluster.knows_workloads() {
        return Verdict::Unknown("the pods may be elsewhere".into());
    }
    let found = policy.pod_selector.to_string();
    let evidence = Evidence::at("/spec/podSelector", found, "labels of a pod in the namespace");
    Verdict::fail("policy selects no pod", [evidence])
}
