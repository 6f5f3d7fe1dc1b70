use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, LabelSelector},
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
    /// type `ExternalName` are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/>
    "service-selector-dangling", Networking, Medium, Core,
    Related(Lookup { kinds: &[Kind::Service], reads: Kind::WORKLOADS, run }),
    remediation: "make the selector equal to the labels of the pods",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Service(service) = &facts.body else { return Verdict::NotApplicable };
    if service.selector.is_empty() || service.kind == "ExternalName" {
        return Verdict::NotApplicable;
    }
    let selector =
        LabelSelector { match_labels: service.selector.clone(), ..LabelSelector::default() };
    let mut workloads = cluster.workloads_in(&facts.key.namespace);
    if workloads.any(|(_, workload)| workload.is_selected_by(&selector)) {
        return Verdict::Pass;
    }
    if !Kind::WORKLOADS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("the pods may be elsewhere".into());
    }
    let pairs = service.selector.iter().map(|(key, value)| format!("{key}={value}"));
    let found = pairs.collect::<Vec<_>>().join(",");
    let evidence = Evidence::at("/spec/selector", found, "labels of a pod in the namespace");
    Verdict::fail("selector matches no pod", [evidence])
}
