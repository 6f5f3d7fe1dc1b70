use crate::{
    api::Severity,
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{VolumeSource, Workload},
};

check! {
    /// Scratch volumes have a size limit.
    ///
    /// ## Why
    ///
    /// An `emptyDir` without limit grows until the disk of the node is full and pods are evicted;
    /// one in memory counts as memory of the container that writes it, up to that of the node.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// volumes:
    ///   - name: cache
    ///     emptyDir: {sizeLimit: 1Gi}
    /// ```
    ///
    /// Found are volumes without `sizeLimit` that a container without a limit of `ephemeral-storage`
    /// mounts, and all volumes in memory without `sizeLimit`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/volumes/#emptydir>
    /// - Kyverno `require-emptydir-requests-limits`
    "empty-dir-unbounded", Efficiency, Low, Standard, Workload(run),
    remediation: "set `emptyDir.sizeLimit`, or limit `ephemeral-storage` of the containers",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let mut names = Vec::new();
    let mut in_memory = false;
    let evidence = workload.pod().volumes.iter().enumerate().filter_map(|(index, volume)| {
        let VolumeSource::EmptyDir(scratch) = &volume.source else { return None };
        let is_in_memory = scratch.medium == "Memory";
        if scratch.size_limit.is_some() || !(is_in_memory || is_unbounded(workload, &volume.name)) {
            return None;
        }
        in_memory |= is_in_memory;
        names.push(volume.name.as_str());
        let path = format!("{}/volumes/{index}/emptyDir/sizeLimit", workload.spec_path());
        Some(Evidence::at(path, "absent", "a limit"))
    });
    let evidence: Vec<_> = evidence.collect();
    let verdict = Verdict::unless_empty(evidence, |_| match names.as_slice() {
        [name] => format!("scratch volume {} has no size limit", enumerate(&[name])),
        names => format!("scratch volumes {} have no size limit", enumerate(names)),
    });
    if in_memory { verdict.at_severity(Severity::Medium) } else { verdict }
}

/// Whether a container that mounts a volume may write as much as it likes.
fn is_unbounded(workload: &Workload, volume: &str) -> bool {
    let of_pod = workload.pod().resources.as_ref();
    !of_pod.is_some_and(|resources| resources.has_limit("ephemeral-storage"))
        && workload.all_containers().any(|place| {
            let container = place.container;
            let resources = container.resources.as_ref();
            container.volume_mounts.iter().any(|mount| mount.name == volume)
                && !resources.is_some_and(|resources| resources.has_limit("ephemeral-storage"))
        })
}
