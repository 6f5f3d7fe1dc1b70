use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, workloads_and},
};

check! {
    /// Namespaces hold something.
    ///
    /// ## Why
    ///
    /// Rights, quotas and secrets of an empty namespace stay in force, and nobody looks after them.
    ///
    /// ## Fix
    ///
    /// ```sh
    /// kubectl delete namespace NAME
    /// ```
    ///
    /// Found are namespaces without a workload, a Service and a claim. `default` and `kube-…` are
    /// left out.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/>
    /// - Popeye `POP-400`
    "namespace-unused", Efficiency, Info, Optional,
    Related(Lookup { kinds: &[Kind::Namespace], reads: READS, run }),
    remediation: "delete the namespace",
}

const READS: &[Kind] = workloads_and![Service, PersistentVolumeClaim];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let name = &facts.key.name;
    if &**name == "default" || name.starts_with("kube-") {
        return Verdict::NotApplicable;
    }
    if READS.iter().any(|kind| cluster.all_in(*kind, name).next().is_some()) {
        return Verdict::Pass;
    }
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what it holds may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "holds nothing", "a workload");
    Verdict::fail("namespace holds no workload, Service or claim", [evidence])
}
