use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Kind, Reference},
};

check! {
    /// The claims that pods mount exist.
    ///
    /// ## Why
    ///
    /// A pod that mounts a missing claim is never scheduled.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata: {name: data, namespace: shop}
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   resources: {requests: {storage: 10Gi}}
    /// ```
    ///
    /// The claims that a StatefulSet or an ephemeral volume makes are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/persistent-volumes/>
    "pvc-reference-dangling", Metadata, High, Standard,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::PersistentVolumeClaim], run }),
    remediation: "create the claim in the namespace, or correct its name",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let is_missing = |reference: &&Reference| {
        let Reference { kind, name, .. } = reference;
        *kind == Kind::PersistentVolumeClaim
            && cluster.find(*kind, &facts.key.namespace, name).is_none()
    };
    let missing: Vec<_> = workload.references.iter().filter(is_missing).collect();
    if !missing.is_empty() && !cluster.is_complete(Kind::PersistentVolumeClaim) {
        return Verdict::Unknown("the claims may be elsewhere".into());
    }
    let names: Vec<&str> = missing.iter().map(|reference| reference.name.as_str()).collect();
    let evidence = missing.iter().map(|Reference { name, place, .. }| {
        let path = format!("{}{place}/persistentVolumeClaim/claimName", workload.spec_path);
        Evidence::at(path, format!("`{name}` does not exist"), "a claim that exists")
    });
    Verdict::unless_empty(evidence.collect(), |_| match names.as_slice() {
        [name] => format!("claim {} does not exist", enumerate(&[name])),
        names => format!("claims {} do not exist", enumerate(names)),
    })
}
