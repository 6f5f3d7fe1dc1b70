use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Cluster, Facts, Kind, WorkloadFacts, is_system_namespace, workloads_and},
};

const READS: &[Kind] = workloads_and![LimitRange];

check! {
    /// Namespaces give containers the requests that they lack.
    ///
    /// ## Why
    ///
    /// A container without requests is placed as if it needed nothing, and is the first to be
    /// evicted. A `LimitRange` gives every new container of the namespace defaults, and caps it.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata: {name: defaults, namespace: shop}
    /// spec:
    ///   limits:
    ///     - type: Container
    ///       defaultRequest: {cpu: 100m, memory: 128Mi}
    ///       default: {memory: 256Mi}
    /// ```
    ///
    /// Found are namespaces with workloads that request no CPU or no memory, where no `LimitRange`
    /// gives containers a request for it. A default limit, a maximum and a minimum are one too, as
    /// for the API server. Namespaces of Kubernetes (`kube-…`) are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/policy/limit-range/>
    /// - NSA/CISA Kubernetes Hardening Guide, resource policies
    "namespace-limit-range-missing", Tenancy, Low, Core,
    Related(Lookup { kinds: &[Kind::Namespace], reads: READS, run }),
    remediation: "add a LimitRange with `defaultRequest` for containers to the namespace",
}

/// Whether a workload does not say what it needs of a resource.
type Lacks = fn(&WorkloadFacts) -> bool;

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let namespace = &facts.key.name;
    if is_system_namespace(namespace) {
        return Verdict::NotApplicable;
    }
    let lacks: [(&str, Lacks); 2] = [
        ("cpu", |workload| workload.lacks_cpu_request),
        ("memory", |workload| workload.lacks_memory_request),
    ];
    let missing = lacks.into_iter().filter(|(resource, lacks)| {
        let mut workloads = cluster.workloads_in(namespace);
        workloads.any(|(_, workload)| lacks(workload))
            && !gives_request(cluster, namespace, resource)
    });
    let missing: Vec<&str> = missing.map(|(resource, _)| resource).collect();
    if missing.is_empty() {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::LimitRange) {
        return Verdict::Unknown("a LimitRange may be elsewhere".into());
    }
    let resources = enumerate(&missing);
    let evidence = Evidence::at("/metadata/name", "no default", "LimitRange");
    let message = format!("no LimitRange gives containers requests for {resources}");
    Verdict::fail(message, [evidence])
}

fn gives_request(cluster: &Cluster, namespace: &str, resource: &str) -> bool {
    let mut ranges = cluster.all_in(Kind::LimitRange, namespace);
    ranges.any(|facts| match facts.whole_body() {
        Some(Body::LimitRange(range)) => range.gives_request(resource),
        _ => false,
    })
}
