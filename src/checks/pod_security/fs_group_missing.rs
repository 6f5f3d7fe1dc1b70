use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::{VolumeSource, Workload},
};

check! {
    /// Pods with persistent volumes name the group that owns the files.
    ///
    /// ## Why
    ///
    /// A new volume belongs to root. Where a process that is not root shall write to it, somebody
    /// must change that: `fsGroup` does; else pods run as root for no other reason.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// securityContext:
    ///   runAsNonRoot: true
    ///   fsGroup: 10001
    /// ```
    ///
    /// Found are pods where a container mounts a claim, by name, made for the pod, or of a
    /// StatefulSet, and where `fsGroup` is absent. Off by default: volumes such as NFS do not heed
    /// it. Pods with `os.name: windows` are not judged.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    /// - Kubescape C-0211, Gatekeeper `fsgroup`
    "fs-group-missing", PodSecurity, Info, Optional, Workload(run),
    remediation: "set `fsGroup` in the security context of the pod",
    rule: Rule::object("!variables.podSecurity.?fsGroup.hasValue() && \
        (variables.volumes.filter(volume, has(volume.persistentVolumeClaim) || \
        has(volume.ephemeral)).map(volume, volume.name) + \
        object.?spec.?volumeClaimTemplates.orValue([]).map(claim, \
        claim.metadata.name)).exists(name, variables.containers.exists(container, \
        container.?volumeMounts.orValue([]).exists(mount, mount.name == name)))")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let security = workload.pod().security_context.as_ref();
    if security.is_some_and(|security| security.fs_group.is_some()) {
        return Verdict::Pass;
    }
    let is_mounted = |claim: &&str| workload.mounts().any(|placed| placed.mount.name == *claim);
    let claims: Vec<_> = claims(workload).filter(is_mounted).collect();
    if claims.is_empty() {
        return Verdict::Pass;
    }
    let path = workload.pod_path("securityContext/fsGroup");
    Verdict::fail(
        format!("pods mount claims and set no `fsGroup`: {}", enumerate(&claims)),
        [Evidence::at(path, "absent", "a group")],
    )
}

/// The names of volumes that are claims.
fn claims(workload: &Workload) -> impl Iterator<Item = &str> {
    let volumes = workload.pod().volumes.iter().filter(|volume| {
        matches!(volume.source, VolumeSource::PersistentVolumeClaim(_) | VolumeSource::Ephemeral(_))
    });
    let templates = workload.volume_claim_templates.iter();
    let templates = templates.map(|template| template.metadata.name.as_str());
    volumes.map(|volume| volume.name.as_str()).chain(templates)
}
