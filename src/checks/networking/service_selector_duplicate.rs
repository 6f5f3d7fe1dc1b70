use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, FactBody, Facts, Kind, Service},
};

check! {
    /// Services of a namespace lead to different pods.
    ///
    /// ## Why
    ///
    /// Two Services for the same pods and ports are one too many: a rename that was not finished, or
    /// a copy whose selector was forgotten, and that answers for the wrong application.
    ///
    /// ## Fix
    ///
    /// Remove one of them, or give the pods of each a label of their own:
    ///
    /// ```yaml
    /// spec:
    ///   selector: {app: web, component: admin}
    /// ```
    ///
    /// Found are Services of a namespace with the same selector that share a port of a protocol. A
    /// headless one beside one with an address is meant that way, and left alone.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/>
    /// - Gatekeeper `uniqueserviceselector`, Kyverno `require-unique-service-selector`
    "service-selector-duplicate", Networking, Low, Standard,
    Related(Lookup { kinds: &[Kind::Service], reads: &[Kind::Service], run }),
    remediation: "remove one of the Services, or give each a selector of its own",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Service(service) = &facts.body else { return Verdict::NotApplicable };
    if !service.has_selector() {
        return Verdict::NotApplicable;
    }
    let same = cluster.services_like(&facts.key, service);
    let same = same.filter(|(_, other)| {
        other.is_headless() == service.is_headless() && share_port(service, other)
    });
    let mut names: Vec<&str> = same.map(|(facts, _)| &*facts.key.name).collect();
    if names.is_empty() {
        return Verdict::Pass;
    }
    names.sort_unstable();
    let evidence = Evidence::at("/spec/selector", names.join(", "), "a selector of its own");
    Verdict::fail(format!("same pods and ports as service {}", enumerate(&names)), [evidence])
}

fn share_port(one: &Service, other: &Service) -> bool {
    one.ports.iter().any(|port| {
        let mut others = other.ports.iter();
        others.any(|known| (known.port, &known.protocol) == (port.port, &port.protocol))
    })
}
