use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload as Template,
};

check! {
    /// Ports of containers have names.
    ///
    /// ## Why
    ///
    /// A Service, a probe or a monitor that names a port goes on working when its number changes,
    /// and says what it is for.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// ports:
    ///   - name: http
    ///     containerPort: 8080
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports>
    /// - Popeye `POP-108`, Kyverno `require-container-port-names`
    "container-port-unnamed", Networking, Info, Optional, Workload(run),
    remediation: "name the ports of the container",
    rule: Rule::running("container.?ports.orValue([]).exists(port, port.?name.orValue('') == '')"),
}

fn run(workload: &Template, _: &Context<'_>) -> Verdict {
    let containers = workload.running_containers();
    let evidence = containers.flat_map(|place| {
        let ports = place.container.ports.iter().enumerate();
        let unnamed = ports.filter(|(_, port)| port.name.is_empty());
        unnamed.map(move |(index, port)| {
            let field = format!("ports/{index}/name");
            Evidence::in_container(
                &place,
                &field,
                format!("port {}", port.container_port),
                "a name",
            )
        })
    });
    Verdict::of_containers(evidence, "has a port without name", "have ports without name")
}
