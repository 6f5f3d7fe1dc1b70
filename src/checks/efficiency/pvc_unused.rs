use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind},
};

check! {
    /// Claims are mounted.
    ///
    /// ## Why
    ///
    /// A disk that no pod mounts is paid for, holds data that nobody minds, and is often what a
    /// deleted StatefulSet left behind.
    ///
    /// ## Fix
    ///
    /// Save what is needed, then delete the claim.
    ///
    /// Found are claims that no pod template and no claim template of a StatefulSet names; only bound
    /// ones, where the phase is known. A claim that another object owns is left out.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/persistent-volumes/>
    /// - Popeye `POP-400`, Clusterlint `unused-pvc`, Kor `pvcs`
    "pvc-unused", Efficiency, Low, Standard,
    Related(Lookup { kinds: &[Kind::PersistentVolumeClaim], reads: Kind::WORKLOADS, run }),
    remediation: "save the data, then delete the claim",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(whole) = facts.whole() else { return Verdict::NotApplicable };
    let Body::PersistentVolumeClaim(claim) = &whole.body else { return Verdict::NotApplicable };
    let is_pending = !matches!(claim.status.phase.as_str(), "" | "Bound");
    if is_pending || whole.is_owned {
        return Verdict::NotApplicable;
    }
    let (namespace, name) = (&facts.key.namespace, &facts.key.name);
    if cluster.is_used(Kind::PersistentVolumeClaim, namespace, name)
        || cluster.is_claim_of_stateful_set(namespace, name)
    {
        return Verdict::Pass;
    }
    if !Kind::WORKLOADS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what mounts it may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "named by no pod template", "a user");
    Verdict::fail("no pod mounts the claim", [evidence])
}
