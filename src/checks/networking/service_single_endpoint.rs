use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind},
};

check! {
    /// Services have more than one pod that is ready.
    ///
    /// ## Why
    ///
    /// With one endpoint, every rollout, eviction and crash is an outage for whoever calls.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   replicas: 2      # of the Deployment that the Service selects
    /// ```
    ///
    /// Found are Services with a selector that have exactly one ready endpoint; in a cluster with two
    /// address families, each is counted by itself. Manifests have no `EndpointSlices`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/>
    /// - Popeye `POP-1109`
    "service-single-endpoint", Networking, Info, Optional,
    Related(Lookup { kinds: &[Kind::Service], reads: &[Kind::EndpointSlice], run }),
    remediation: "run more than one replica behind the Service",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Service(service) = &facts.body else { return Verdict::NotApplicable };
    if !service.has_selector() {
        return Verdict::NotApplicable;
    }
    let ready_in = |family: &str| -> u32 {
        let slices = cluster.slices_of(&facts.key);
        slices.filter(|slice| slice.address_type == family).map(|slice| slice.ready).sum()
    };
    if ready_in("IPv4").max(ready_in("IPv6")) != 1 {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::EndpointSlice) {
        return Verdict::Unknown("another EndpointSlice may be elsewhere".into());
    }
    let evidence = Evidence::at("/spec/selector", "one endpoint", "more than one");
    Verdict::fail("service has one endpoint only", [evidence])
}
