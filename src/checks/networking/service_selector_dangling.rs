use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, EndpointSliceFacts, FactBody, Facts, Kind, workloads_and},
};

check! {
    /// Services select pods that exist.
    ///
    /// ## Why
    ///
    /// A Service whose selector matches no pod answers nothing. Most often a label was renamed on
    /// one side only.
    ///
    /// ## Fix
    ///
    /// Make `spec.selector` equal to the labels of the pod template:
    ///
    /// ```yaml
    /// spec:
    ///   selector: {app: web}      # as in the Deployment's spec.template.metadata.labels
    /// ```
    ///
    /// A Service without selector (its endpoints are kept by hand or by a controller) and one of
    /// type `ExternalName` are not judged. Labels that controllers give pods, such as the name of a
    /// `StatefulSet`'s pod, are taken to match, and so is a Service that has endpoints: operators
    /// label running pods.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/>
    /// - kube-linter `dangling-service`, kube-score `service-targets-pod`, Popeye `POP-1100`
    "service-selector-dangling", Networking, Medium, Core,
    Related(Lookup { kinds: &[Kind::Service], reads: workloads_and![EndpointSlice], run }),
    remediation: "make the selector equal to the labels of the pods",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Service(service) = &facts.body else { return Verdict::NotApplicable };
    if !service.has_selector() {
        return Verdict::NotApplicable;
    }
    let mut workloads = cluster.workloads_in(&facts.key.namespace);
    let is_found =
        workloads.any(|(facts, workload)| workload.may_have(facts.kind(), &service.selector));
    let has_endpoint = |slice: &EndpointSliceFacts| slice.endpoints > 0;
    if is_found || cluster.slices_of(&facts.key).any(has_endpoint) {
        return Verdict::Pass;
    }
    if !cluster.knows_workloads() {
        return Verdict::Unknown("the pods may be elsewhere".into());
    }
    let pairs = service.selector.iter().map(|(key, value)| format!("{key}={value}"));
    let found = pairs.collect::<Vec<_>>().join(",");
    let evidence = Evidence::at("/spec/selector", found, "labels of a pod in the namespace");
    Verdict::fail("selector matches no pod", [evidence])
}
