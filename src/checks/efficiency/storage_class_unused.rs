use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind},
};

check! {
    /// Storage classes are used.
    ///
    /// ## Why
    ///
    /// A class that no claim uses is a choice that somebody makes by mistake.
    ///
    /// ## Fix
    ///
    /// Delete it, or exempt it where it is kept for later.
    ///
    /// The default class is used by every claim that names none, and always passes.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/storage-classes/>
    /// - Kor `storageclasses`
    "storage-class-unused", Efficiency, Info, Optional,
    Related(Lookup { kinds: &[Kind::StorageClass], reads: READS, run }),
    remediation: "delete the class",
}

const READS: &[Kind] = &[Kind::PersistentVolume, Kind::PersistentVolumeClaim, Kind::StatefulSet];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let name = &facts.key.name;
    if Cluster::is_default_class(facts) || cluster.uses_storage_class(name) {
        return Verdict::Pass;
    }
    if !READS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("claims may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "used by no volume or claim", "a claim");
    Verdict::fail("no volume or claim uses the class", [evidence])
}
