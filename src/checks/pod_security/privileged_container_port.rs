use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

check! {
    /// Containers listen on ports above 1023.
    ///
    /// ## Why
    ///
    /// A lower port takes root or the capability `NET_BIND_SERVICE` on many nodes. A container that
    /// listens above needs neither, and its Service can still offer port 80.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// ports:
    ///   - name: http
    ///     containerPort: 8080
    /// ```
    ///
    /// Found are `containerPort` 1 to 1023 of any protocol. Pods with `os.name: windows` are not
    /// judged: Windows knows no such ports.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/>
    /// - kube-linter `privileged-ports`, Trivy KSV-0117
    "privileged-container-port", PodSecurity, Low, Standard, Workload(run),
    remediation: "listen on a port above 1023, and map it in the Service",
    rule: Rule::containers("container.?ports.orValue([]).exists(port, port.containerPort > 0 && \
        port.containerPort < 1024)")
        .when("!variables.isWindows"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    if workload.is_windows() {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().flat_map(|place| {
        let ports = place.container.ports.iter().enumerate();
        let low = ports.filter(|(_, port)| (1..1024).contains(&port.container_port));
        low.map(move |(index, port)| {
            let field = format!("ports/{index}/containerPort");
            Evidence::in_container(&place, &field, port.container_port.to_string(), "above 1023")
        })
    });
    Verdict::of_containers(evidence, "listens on a low port", "listen on low ports")
}
