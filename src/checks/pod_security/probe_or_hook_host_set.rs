use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Container, HttpGet, TcpSocket, Workload},
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
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    if context.kubernetes_minor < 34 {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().flat_map(|place| {
        let hosts = hosts(place.container).filter(|(_, host)| !host.is_empty());
        hosts.map(move |(field, host)| {
            Evidence::in_container(&place, &field, host.to_owned(), "absent")
        })
    });
    Verdict::of_containers(
        evidence,
        "names a host in a probe or hook",
        "name a host in a probe or hook",
    )
}

/// The hosts that probes and hooks name, and the fields that name them.
fn hosts(container: &Container) -> impl Iterator<Item = (String, &str)> {
    let probes = [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ];
    let probes = probes.into_iter().filter_map(|(field, probe)| {
        let probe = probe.as_ref()?;
        Some((field, probe.http_get.as_ref(), probe.tcp_socket.as_ref()))
    });
    let hooks = container.lifecycle.as_ref().map(|lifecycle| {
        [("lifecycle/postStart", &lifecycle.post_start), ("lifecycle/preStop", &lifecycle.pre_stop)]
    });
    let hooks = hooks.into_iter().flatten().filter_map(|(field, hook)| {
        let hook = hook.as_ref()?;
        Some((field, hook.http_get.as_ref(), hook.tcp_socket.as_ref()))
    });
    probes.chain(hooks).flat_map(|(field, http, tcp): (_, Option<&HttpGet>, Option<&TcpSocket>)| {
        let http = http.map(|http| (format!("{field}/httpGet/host"), http.host.as_str()));
        let tcp = tcp.map(|tcp| (format!("{field}/tcpSocket/host"), tcp.host.as_str()));
        http.into_iter().chain(tcp)
    })
}
