use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Volumes are bound to a claim.
    ///
    /// ## Why
    ///
    /// A volume that nobody uses is paid for all the same. One that was released still holds the
    /// data of its last user and is not given to the next; one that failed was not deleted.
    ///
    /// ## Fix
    ///
    /// Save what is needed, then delete the volume and the disk behind it. Where volumes should be
    /// reused, remove the old claim from a released one:
    ///
    /// ```sh
    /// kubectl patch pv NAME --type=json -p '[{"op": "remove", "path": "/spec/claimRef"}]'
    /// ```
    ///
    /// Found are the phases `Available`, `Released`, `Failed` and `Pending`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/persistent-volumes/>
    /// - Popeye `POP-1000`, Clusterlint `unused-pv`, Kor `pvs`
    "pv-not-bound", Efficiency, Low, Standard, Object(&[Kind::PersistentVolume], run),
    remediation: "save the data, then delete the volume, or bind it to a claim",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::PersistentVolume(volume) = &object.body else { return Verdict::NotApplicable };
    match volume.status.phase.as_str() {
        "" => Verdict::NotApplicable,
        phase @ ("Available" | "Released" | "Failed" | "Pending") => {
            let evidence = Evidence::at("/status/phase", phase.to_owned(), "Bound");
            Verdict::fail(format!("volume is `{phase}`"), [evidence])
        }
        _ => Verdict::Pass,
    }
}
