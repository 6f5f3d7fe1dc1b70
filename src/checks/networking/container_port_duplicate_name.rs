use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload as Template,
};

check! {
    /// Ports of a pod have different names.
    ///
    /// ## Why
    ///
    /// A Service that names a target port leads to the first container that has it: with two, one of
    /// them never gets a request. In one container the API server refuses it.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     ports: [{name: http, containerPort: 8080}]
    ///   - name: exporter
    ///     ports: [{name: metrics, containerPort: 9090}]
    /// ```
    ///
    /// Ports of containers and of sidecars are compared, whatever their protocol.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports>
    /// - kube-score `container-ports-check`
    "container-port-duplicate-name", Networking, Low, Standard, Workload(run),
    remediation: "give each port of the pod a name of its own",
    rule: Rule::object("variables.running.map(container, container.?ports.orValue([]).filter(port, \
        port.?name.orValue('') != '').map(port, port.name)).flatten().exists(name, \
        variables.running.map(container, container.?ports.orValue([]).filter(port, \
        port.?name.orValue('') == name).size()).sum() > 1)"),
}

fn run(workload: &Template, _: &Context<'_>) -> Verdict {
    let mut known: Vec<&str> = Vec::new();
    let mut evidence = Vec::new();
    for place in workload.running_containers() {
        for (index, port) in place.container.ports.iter().enumerate() {
            if port.name.is_empty() {
                continue;
            }
            if known.contains(&port.name.as_str()) {
                let field = format!("ports/{index}/name");
                let found = port.name.to_string();
                evidence.push(Evidence::in_container(&place, &field, found, "another name"));
            } else {
                known.push(&port.name);
            }
        }
    }
    Verdict::unless_empty(evidence, |evidence| match evidence {
        [one] => format!("two ports of the pod are named `{}`", one.found),
        many => format!("{} ports of the pod have names that others have", many.len()),
    })
}
