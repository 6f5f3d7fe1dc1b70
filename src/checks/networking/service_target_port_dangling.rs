use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, IntOrString, Kind, ServicePort, WorkloadFacts},
};

check! {
    /// Services lead to ports that the pods have.
    ///
    /// ## Why
    ///
    /// A Service whose target port no container listens on refuses every connection; a target port
    /// whose name no container has makes it have no endpoints at all.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   ports:
    ///     - port: 80
    ///       targetPort: http     # a name or number of the pod's ports, of the same protocol
    /// ```
    ///
    /// Found are ports of a Service that none of the workloads it selects has. A number is only
    /// looked for in workloads that declare ports, since declaring them is optional; a name has to be
    /// there. Ports of containers and of sidecars count. Without `targetPort` the number is that of
    /// the Service. A Service that selects nothing is found by another check.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports>
    /// - kube-linter `invalid-target-ports`, Popeye `POP-1106`
    "service-target-port-dangling", Networking, Medium, Standard,
    Related(Lookup { kinds: &[Kind::Service], reads: Kind::WORKLOADS, run }),
    remediation: "make `targetPort` a name or number of the pod's ports, of the same protocol",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Service(service) = &facts.body else { return Verdict::NotApplicable };
    if !service.has_selector() {
        return Verdict::NotApplicable;
    }
    let selected = cluster.workloads_in(&facts.key.namespace).filter(|(facts, workload)| {
        !workload.is_owned && workload.may_have(facts.kind(), &service.selector)
    });
    let selected: Vec<&WorkloadFacts> = selected.map(|(_, workload)| workload).collect();
    if selected.is_empty() {
        return Verdict::NotApplicable;
    }
    let ports = service.ports.iter().enumerate();
    let dangling = ports.filter(|(_, port)| selected.iter().all(|workload| lacks(workload, port)));
    let evidence = dangling.map(|(index, port)| {
        let target = port.target_port.as_ref().map_or_else(String::new, ToString::to_string);
        let found = format!("{target}/{}", port.protocol);
        Evidence::at(format!("/spec/ports/{index}/targetPort"), found, "a port of the pods")
    });
    let evidence: Vec<Evidence> = evidence.collect();
    if !evidence.is_empty() && !cluster.knows_workloads() {
        return Verdict::Unknown("the pods may be elsewhere".into());
    }
    Verdict::unless_empty(evidence, |evidence| match evidence {
        [one] => format!("no pod has the target port `{}`", one.found),
        many => format!("no pod has {} of the target ports", many.len()),
    })
}

/// Whether the pods certainly do not have the target port of a Service.
fn lacks(workload: &WorkloadFacts, port: &ServicePort) -> bool {
    let declared = || workload.ports.iter().filter(|known| known.protocol == port.protocol);
    match &port.target_port {
        None => false,
        Some(IntOrString::String(name)) => !declared().any(|known| known.name == *name),
        Some(IntOrString::Int(number)) => {
            !workload.ports.is_empty()
                && !declared().any(|known| i64::from(known.number) == *number)
        }
    }
}
