use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, FactBody, Facts, Kind, workloads_and},
};

check! {
    /// Services have pods that are ready.
    ///
    /// ## Why
    ///
    /// A Service without a ready endpoint refuses every connection: all its pods are down, or none of
    /// them passes its readiness probe.
    ///
    /// ## Fix
    ///
    /// Look at the pods and at their readiness: `kubectl get pods -l app=web`, then `kubectl describe`
    /// those that are not ready. Where a probe is wrong, mend it:
    ///
    /// ```yaml
    /// readinessProbe:
    ///   httpGet: {path: /ready, port: http}
    /// ```
    ///
    /// Found are Services with a selector whose `EndpointSlices` have no ready endpoint. What selects
    /// no workload at all is found by another check; where all that it selects are scaled to zero, or
    /// are Jobs, no pod is expected. Manifests have no `EndpointSlices`, and are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/>
    /// - Popeye `POP-1105`
    "service-endpoints-missing", Networking, Medium, Standard,
    Related(Lookup { kinds: &[Kind::Service], reads: workloads_and![EndpointSlice], run }),
    remediation: "look at the pods of the Service and at their readiness probes",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Service(service) = &facts.body else { return Verdict::NotApplicable };
    if !service.has_selector() {
        return Verdict::NotApplicable;
    }
    let mut slices = cluster.slices_of(&facts.key).peekable();
    // Kubernetes keeps a slice for each Service with a selector, if only an empty one.
    if slices.peek().is_none() {
        return Verdict::Unknown("the Service has no EndpointSlice yet".into());
    }
    let mut not_ready = 0;
    for slice in slices {
        if slice.ready > 0 {
            return Verdict::Pass;
        }
        not_ready += slice.endpoints;
    }
    let mut workloads = cluster.workloads_in(&facts.key.namespace);
    let expects_pods = workloads.any(|(facts, workload)| {
        !matches!(facts.kind(), Kind::CronJob | Kind::Job | Kind::PodTemplate)
            && workload.replicas != Some(0)
            && workload.may_have(facts.kind(), &service.selector)
    });
    if !expects_pods && not_ready == 0 {
        return Verdict::NotApplicable;
    }
    if !cluster.is_complete(Kind::EndpointSlice) {
        return Verdict::Unknown("another EndpointSlice may be elsewhere".into());
    }
    let found = format!("{not_ready} not ready");
    let evidence = Evidence::at("/spec/selector", found, "an endpoint that is ready");
    Verdict::fail("service has no endpoint that is ready", [evidence])
}
