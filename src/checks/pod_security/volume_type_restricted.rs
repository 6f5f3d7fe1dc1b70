use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::Workload,
};

check! {
    /// Pods mount only the volume types of the restricted standard.
    ///
    /// ## Why
    ///
    /// Other types reach the node or a storage server straight from the pod, past the access rules
    /// and quotas of claims. A namespace that enforces the restricted standard refuses such a pod.
    ///
    /// ## Fix
    ///
    /// Put a claim between the pod and its storage:
    ///
    /// ```yaml
    /// volumes:
    ///   - name: data
    ///     persistentVolumeClaim: {claimName: data}
    /// ```
    ///
    /// Allowed are `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`,
    /// `persistentVolumeClaim`, `projected` and `secret`.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted, control `restrictedVolumes` (1.0 and later)
    /// - <https://kubernetes.io/docs/concepts/storage/volumes/>
    "volume-type-restricted", PodSecurity, Low, Core, Workload(run),
    remediation: "use a PersistentVolumeClaim or a CSI volume",
    rule: Rule::object("variables.volumes.exists(volume, volume.exists(field, !(field in ['name', \
        'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', \
        'persistentVolumeClaim', 'projected', 'secret'])))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let volumes = workload.pod().volumes.iter().enumerate();
    let (names, evidence): (Vec<&str>, Vec<_>) = volumes
        .filter(|(_, volume)| volume.is_restricted())
        .map(|(index, volume)| {
            let source = volume.source.field();
            let place = workload.pod_path(&format!("volumes/{index}/{source}"));
            (&*volume.name, Evidence::at(place, source.to_owned(), "an allowed type"))
        })
        .unzip();
    Verdict::unless_empty(evidence, |_| {
        format!(
            "pods mount volumes of types that the restricted standard forbids: {}",
            enumerate(&names)
        )
    })
}
