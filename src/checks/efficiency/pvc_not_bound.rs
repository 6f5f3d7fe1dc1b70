use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind, PersistentVolumeClaim},
};

check! {
    /// Claims are bound to a volume.
    ///
    /// ## Why
    ///
    /// Pods that mount a claim without a volume do not start; where the volume is lost, so is the
    /// data.
    ///
    /// ## Fix
    ///
    /// Read the events of the claim (`kubectl describe pvc NAME`): they say what the provisioner
    /// lacks. Often the storage class does not exist, or a zone has no room.
    ///
    /// Found are claims in the phases `Pending` and `Lost`. A claim of a class that waits for its
    /// first consumer (`volumeBindingMode: WaitForFirstConsumer`) may be pending.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/persistent-volumes/>
    /// - Popeye `POP-1003`, `POP-1004`
    "pvc-not-bound", Efficiency, Medium, Standard,
    Related(Lookup { kinds: &[Kind::PersistentVolumeClaim], reads: &[Kind::StorageClass], run }),
    remediation: "read the events of the claim and repair its storage class",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::PersistentVolumeClaim(claim)) = facts.whole_body() else {
        return Verdict::NotApplicable;
    };
    let phase = claim.status.phase.as_str();
    match phase {
        "Lost" => {}
        "Pending" => match waits_for_consumer(claim, cluster) {
            Some(false) => {}
            Some(true) => return Verdict::Pass,
            None => return Verdict::Unknown("its storage class is not known".into()),
        },
        "" => return Verdict::NotApplicable,
        _ => return Verdict::Pass,
    }
    let evidence = Evidence::at("/status/phase", phase.to_owned(), "Bound");
    Verdict::fail(format!("claim is `{phase}`"), [evidence])
}

/// Whether the class of a claim binds it only when a pod needs it; `None` where the class, or which
/// one is the default, is not known.
fn waits_for_consumer(claim: &PersistentVolumeClaim, cluster: &Cluster) -> Option<bool> {
    let is_known = cluster.is_complete(Kind::StorageClass);
    let class = match claim.spec.storage_class_name.as_deref() {
        Some("") => return Some(false),
        Some(name) => cluster.storage_class(name),
        None => cluster.default_storage_class(),
    };
    match class {
        Some(class) => Some(class.volume_binding_mode == "WaitForFirstConsumer"),
        None => is_known.then_some(false),
    }
}
