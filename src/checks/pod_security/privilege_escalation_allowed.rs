use crate::{
    checks::{Context, Evidence, Fix, Rule, Verdict, check::check},
    model::{Control, Workload},
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
    fixes: &[Fix {
        unless: &[("privileged", "true"), ("capabilities/add", "CAP_SYS_ADMIN")],
        ..Fix::set("securityContext/allowPrivilegeEscalation", "false")
    }],
    rule: Rule::containers("container.?securityContext.?allowPrivilegeEscalation.orValue(true)")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if !workload.is_judged_by(Control::AllowPrivilegeEscalation, context.kubernetes_minor) {
        return Verdict::NotApplicable;
    }
    let escalating = workload.all_containers().filter(|place| place.container.may_escalate());
    let evidence = escalating.map(|place| {
        let security = place.container.security_context.as_ref();
        let own = security.and_then(|security| security.allow_privilege_escalation);
        let field = "securityContext/allowPrivilegeEscalation";
        Evidence::in_container(&place, field, own.map_or("absent", |_| "true"), "false")
    });
    Verdict::of_containers(evidence, "allows privilege escalation", "allow privilege escalation")
}
