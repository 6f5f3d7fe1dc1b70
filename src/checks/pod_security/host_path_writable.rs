use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers mount paths of their node read-only.
    ///
    /// ## Why
    ///
    /// What a container writes to its node stays there when the pod is gone, and is read by others:
    /// the kubelet, a login shell, the next pod. That is how an attacker leaves a container.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// volumeMounts:
    ///   - name: logs
    ///     mountPath: /var/log
    ///     readOnly: true
    /// ```
    ///
    /// Found are mounts of `hostPath` volumes whose `readOnly` is not `true`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/storage/volumes/#hostpath>
    /// - kube-linter `writable-host-mount`, Kubescape C-0045, Datree 89
    "host-path-writable", PodSecurity, High, Core, Workload(run),
    remediation: "set `readOnly: true` on the mount",
    rule: Rule::containers("container.?volumeMounts.orValue([]).exists(mount, \
        !mount.?readOnly.orValue(false) && variables.volumes.exists(volume, volume.name == \
        mount.name && has(volume.hostPath)))"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.host_mounts().filter_map(|(placed, _)| {
        let found = match placed.mount.read_only {
            Some(true) => return None,
            Some(false) => "false",
            None => "absent",
        };
        Some(Evidence::in_container(&placed.place, &placed.field("readOnly"), found, "true"))
    });
    Verdict::of_containers(
        evidence,
        "may write to a path of its node",
        "may write to paths of their node",
    )
}
