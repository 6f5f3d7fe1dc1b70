use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Control, Workload},
};

check! {
    /// Probes and hooks ask the pod itself.
    ///
    /// ## Why
    ///
    /// The kubelet asks whatever host a probe or hook names, from the network of the node: whoever
    /// may write a pod can make it call the node itself, other pods, or the cloud's metadata server.
    ///
    /// ## Fix
    ///
    /// Leave `host` out; the kubelet then asks the pod:
    ///
    /// ```yaml
    /// livenessProbe:
    ///   httpGet:
    ///     path: /healthz
    ///     port: 8080
    /// ```
    ///
    /// To send a certain `Host` header, set it in `httpHeaders`.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `hostProbesAndHostLifecycle` (1.34 and later)
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>
    "probe-or-hook-host-set", PodSecurity, Medium, Standard, Workload(run),
    remediation: "remove `host` from the probe or hook",
    rule: Rule::containers("[?container.?livenessProbe, ?container.?readinessProbe, \
        ?container.?startupProbe, ?container.?lifecycle.?postStart, \
        ?container.?lifecycle.?preStop].exists(action, action.?httpGet.?host.orValue('') != '' \
        || action.?tcpSocket.?host.orValue('') != '')")
        .when("variables.minor >= 34"),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if !workload.is_judged_by(Control::HostProbesAndHostLifecycle, context.kubernetes_minor) {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().flat_map(|place| {
        place.container.probed_hosts().map(move |(field, host)| {
            Evidence::in_container(&place, field, host.to_owned(), "absent")
        })
    });
    Verdict::of_containers(
        evidence,
        "names a host in a probe or hook",
        "name a host in a probe or hook",
    )
}
