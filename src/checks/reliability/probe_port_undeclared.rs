use crate::{
    api::Severity,
    checks::{Context, Evidence, Verdict, check::check},
    model::{Container, Workload},
};

check! {
    /// Probes go to ports that the container declares.
    ///
    /// ## Why
    ///
    /// A probe of a port name that no port of the container has always fails: the pod never becomes
    /// ready, or is restarted for ever. A number need not be declared, but where it is not, one of the
    /// two is often out of date.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// ports:
    ///   - {name: http, containerPort: 8080}
    /// readinessProbe:
    ///   httpGet: {path: /readyz, port: http}
    /// ```
    ///
    /// Found are the ports of `httpGet`, `tcpSocket` and `grpc` in all three probes of regular
    /// containers and sidecars. Where only numbers are missing, the severity is info.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/probes/>
    /// - KubeLinter `liveness-port`, `readiness-port`, `startup-port`
    "probe-port-undeclared", Reliability, Low, Standard, Workload(run),
    remediation: "declare the port among the container's `ports`, or probe one that is",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let mut names_exist = true;
    let mut evidence = Vec::new();
    for place in workload.running_containers() {
        for (field, probe) in place.container.probes() {
            let Some((handler, port)) = probe.port() else { continue };
            let wanted = match place.container.port_number(&port) {
                Some(number) if is_declared(place.container, number) => continue,
                Some(_) => "a declared TCP port",
                None => {
                    names_exist = false;
                    "the name of a declared port"
                }
            };
            let field = format!("{field}/{handler}/port");
            evidence.push(Evidence::in_container(&place, &field, port.to_string(), wanted));
        }
    }
    let verdict = Verdict::of_containers(
        evidence,
        "probes a port that it does not declare",
        "probe ports that they do not declare",
    );
    if names_exist { verdict.at_severity(Severity::Info) } else { verdict }
}

fn is_declared(container: &Container, number: i64) -> bool {
    container.ports.iter().any(|port| {
        i64::from(port.container_port) == number
            && matches!(port.protocol.as_deref(), None | Some("" | "TCP"))
    })
}
