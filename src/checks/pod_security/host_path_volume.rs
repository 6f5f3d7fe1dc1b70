use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::{VolumeSource, Workload},
};

check! {
    /// Pods do not mount paths of their node.
    ///
    /// ## Why
    ///
    /// A path of the node may hold credentials of the kubelet, sockets of the runtime or logs of
    /// other pods, and what is written there outlives the pod. It also ties the pod to one node.
    ///
    /// ## Fix
    ///
    /// Keep data in a claim, and scratch files in an `emptyDir`:
    ///
    /// ```yaml
    /// volumes:
    ///   - name: data
    ///     persistentVolumeClaim: {claimName: data}
    ///   - name: scratch
    ///     emptyDir: {}
    /// ```
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `hostPathVolumes` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.11
    /// - K8Guard `HOST_VOLUMES`
    "host-path-volume", PodSecurity, Medium, Core, Workload(run),
    remediation: "use a PersistentVolumeClaim, a CSI volume, or an emptyDir",
    rule: Rule::object("variables.volumes.exists(volume, has(volume.hostPath))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let volumes = workload.pod().volumes.iter().enumerate();
    let (names, evidence): (Vec<&str>, Vec<_>) = volumes
        .filter_map(|(index, volume)| {
            let VolumeSource::HostPath(host) = &volume.source else { return None };
            let place = workload.pod_path(&format!("volumes/{index}/hostPath"));
            Some((&*volume.name, Evidence::at(place, host.path.to_string(), "absent")))
        })
        .unzip();
    Verdict::unless_empty(evidence, |_| {
        format!("pods mount paths of their node: {}", enumerate(&names))
    })
}
