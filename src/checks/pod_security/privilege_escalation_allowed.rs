use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers cannot gain privileges that they did not start with.
    ///
    /// ## Why
    ///
    /// Where privilege escalation is allowed, which is the default, a setuid program in the image
    /// makes a process root again, whatever user the container was started as.
    ///
    /// ## Fix
    ///
    /// Forbid it in each container; pods have no such field:
    ///
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     securityContext:
    ///       allowPrivilegeEscalation: false
    /// ```
    ///
    /// Pods with `os.name: windows` are not judged: the field means nothing there.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, restricted, control `allowPrivilegeEscalation` (1.8 and later;
    ///   not for Windows since 1.25)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.6
    /// - NSA/CISA Kubernetes Hardening Guide, privilege escalation
    "privilege-escalation-allowed", PodSecurity, High, Core, Workload(run),
    remediation: "set `allowPrivilegeEscalation: false` on every container",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let minor = context.kubernetes_minor;
    if minor < 8 || (minor >= 25 && workload.is_windows()) {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let security = place.container.security_context.as_ref();
        let found = match security.and_then(|security| security.allow_privilege_escalation) {
            Some(false) => return None,
            Some(true) => "true",
            None => "absent",
        };
        let field = "securityContext/allowPrivilegeEscalation";
        Some(Evidence::in_container(&place, field, found, "false"))
    });
    Verdict::of_containers(evidence, "allows privilege escalation", "allow privilege escalation")
}
