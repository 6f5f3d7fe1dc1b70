use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers have a read-only root filesystem.
    ///
    /// ## Why
    ///
    /// Whoever takes over a process cannot change its programs or leave new ones behind when the
    /// filesystem of the image is read-only.
    ///
    /// ## Fix
    ///
    /// Set it for each container, and mount a volume where the process has to write:
    ///
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     securityContext:
    ///       readOnlyRootFilesystem: true
    ///     volumeMounts:
    ///       - {name: tmp, mountPath: /tmp}
    /// volumes:
    ///   - {name: tmp, emptyDir: {}}
    /// ```
    ///
    /// Pods have no such field. Pods with `os.name: windows` are not judged: Windows cannot do it.
    ///
    /// ## References
    ///
    /// - NSA/CISA Kubernetes Hardening Guide, immutable container file systems
    /// - Polaris `notReadOnlyRootFilesystem`
    "read-only-root-filesystem-missing", PodSecurity, Medium, Core, Workload(run),
    remediation: "set `readOnlyRootFilesystem: true` and mount an emptyDir where it writes",
    fixes: &[Fix::set("securityContext/readOnlyRootFilesystem", "true")],
    rule: Rule::containers("!container.?securityContext.?readOnlyRootFilesystem.orValue(false)")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let security = place.container.security_context.as_ref();
        let found = match security.and_then(|security| security.read_only_root_filesystem) {
            Some(true) => return None,
            Some(false) => "false",
            None => "absent",
        };
        let field = "securityContext/readOnlyRootFilesystem";
        Some(Evidence::in_container(&place, field, found, "true"))
    });
    Verdict::of_containers(
        evidence,
        "has a writable root filesystem",
        "have writable root filesystems",
    )
}
