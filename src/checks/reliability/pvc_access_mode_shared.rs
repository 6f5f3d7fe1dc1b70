use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Volumes belong to one pod at a time.
    ///
    /// ## Why
    ///
    /// `ReadWriteOnce` means one node, not one pod: during a rollout, two pods on it write to the same
    /// files. With `ReadWriteMany` any number does.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   accessModes: [ReadWriteOncePod]
    /// ```
    ///
    /// Found are claims with another access mode than `ReadWriteOncePod`, or with none.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes>
    /// - Kyverno `enforce-readwriteonce-pod`
    "pvc-access-mode-shared", Reliability, Info, Optional,
    Object(&[Kind::PersistentVolumeClaim], run),
    remediation: "ask for `ReadWriteOncePod`",
    rule: Rule::object("object.spec.?accessModes.orValue([]).size() == 0 || \
        object.spec.accessModes.exists(mode, mode != 'ReadWriteOncePod')"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::PersistentVolumeClaim(claim) = &object.body else { return Verdict::NotApplicable };
    let modes = &claim.spec.access_modes;
    if !modes.is_empty() && modes.iter().all(|mode| mode == "ReadWriteOncePod") {
        return Verdict::Pass;
    }
    let found = if modes.is_empty() { "none".to_owned() } else { modes.join(", ") };
    let evidence = Evidence::at("/spec/accessModes", found, "ReadWriteOncePod");
    Verdict::fail("several pods may mount the volume", [evidence])
}
