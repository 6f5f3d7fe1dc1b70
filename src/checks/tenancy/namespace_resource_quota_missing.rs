use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind, is_system_namespace, workloads_and},
};

const READS: &[Kind] = workloads_and![ResourceQuota];

check! {
    /// Namespaces have a resource quota.
    ///
    /// ## Why
    ///
    /// Without a quota one namespace can take all CPU and memory, and fill etcd with objects: a
    /// wrong replica count, or somebody who means it, stops everybody else.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata: {name: quota, namespace: shop}
    /// spec:
    ///   hard: {requests.cpu: "20", requests.memory: 40Gi, pods: "100"}
    /// ```
    ///
    /// Found are namespaces with workloads and without a `ResourceQuota` that limits anything.
    /// Namespaces of Kubernetes (`kube-…`) are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/policy/resource-quotas/>
    /// - NSA/CISA Kubernetes Hardening Guide, resource policies
    /// - K8Guard `REQUIRED_RESOURCE_QUOTA`, Kyverno `add-ns-quota`
    "namespace-resource-quota-missing", Tenancy, Medium, Core,
    Related(Lookup { kinds: &[Kind::Namespace], reads: READS, run }),
    remediation: "add a ResourceQuota to the namespace",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let namespace = &facts.key.name;
    let mut workloads = cluster.workloads_in(namespace);
    if is_system_namespace(namespace) || workloads.next().is_none() {
        return Verdict::NotApplicable;
    }
    let mut quotas = cluster.all_in(Kind::ResourceQuota, namespace);
    let limits = |facts: &Facts| match facts.whole_body() {
        Some(Body::ResourceQuota(quota)) => quota.hard.iter().any(|hard| !hard.is_empty()),
        _ => false,
    };
    if quotas.any(limits) {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::ResourceQuota) {
        return Verdict::Unknown("a ResourceQuota may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "no quota", "ResourceQuota");
    Verdict::fail("namespace has workloads and no ResourceQuota", [evidence])
}
