use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{PodSecurityContext, SecurityContext, Workload},
};

check! {
    /// Pods or containers have a security context.
    ///
    /// ## Why
    ///
    /// All that limits a process in its container stands in the security context. Without one,
    /// everything is as permissive as the image and the runtime like it.
    ///
    /// ## Fix
    ///
    /// This one suits nearly every container:
    ///
    /// ```yaml
    /// securityContext:
    ///   runAsNonRoot: true
    ///   allowPrivilegeEscalation: false
    ///   readOnlyRootFilesystem: true
    ///   capabilities:
    ///     drop: [ALL]
    ///   seccompProfile:
    ///     type: RuntimeDefault
    /// ```
    ///
    /// Found are containers without a `securityContext` in pods without one; an empty one counts for
    /// none, for the API server gives one to each pod. Off by default: other checks look at each
    /// field.
    ///
    /// ## References
    ///
    /// - CIS Kubernetes Benchmark 1.12, 5.6.3
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    /// - Checkov `CKV_K8S_29` and `CKV_K8S_30`, Trivy KSV-0118, Kubescape C-0211
    "security-context-missing", PodSecurity, Low, Optional, Workload(run),
    remediation: "add a `securityContext` to the pod or to its containers",
    rule: Rule::containers("container.?securityContext.orValue({}).size() == 0")
        .when("variables.podSecurity.size() == 0"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let pod = workload.pod().security_context.as_ref();
    if pod.is_some_and(|context| *context != PodSecurityContext::default()) {
        return Verdict::Pass;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let found = match &place.container.security_context {
            None => "absent",
            Some(context) if *context == SecurityContext::default() => "empty",
            Some(_) => return None,
        };
        Some(Evidence::in_container(&place, "securityContext", found, "a security context"))
    });
    Verdict::of_containers(evidence, "has no security context", "have no security context")
}
