use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::Workload,
};

/// Which pods are judged.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Also judge pods that use the network of their node, as the Pod Security Standards do.
    strict: bool,
}

check! {
    /// Containers do not open ports of their node.
    ///
    /// ## Why
    ///
    /// A host port is reachable from wherever the node is, often past network policies, and only
    /// one pod of a node can have it: the others are not scheduled there.
    ///
    /// ## Fix
    ///
    /// Leave `hostPort` out, and publish the port through a Service:
    ///
    /// ```yaml
    /// ports:
    ///   - containerPort: 8080
    /// ```
    ///
    /// Pods with `hostNetwork: true` are not judged, as all of their ports are ports of the node:
    /// see `host-network`. With the parameter `strict` they are, as the Pod Security Standards
    /// demand.
    ///
    /// ## References
    ///
    /// - Pod Security Standards, baseline, control `hostPorts` (1.0 and later)
    /// - CIS Kubernetes Benchmark 1.12, 5.2.12
    /// - NSA/CISA Kubernetes Hardening Guide, host ports
    "host-port", PodSecurity, Medium, Core, Workload(run),
    parameters: Parameters,
    remediation: "remove `hostPort`; publish the port through a Service",
    rule: Rule::containers("container.?ports.orValue([]).exists(port, port.?hostPort.orValue(0) != 0 \
        || variables.pod.?hostNetwork.orValue(false))")
        .when("variables.params.strict || !variables.pod.?hostNetwork.orValue(false)")
        .with(|context| {
            let Parameters { strict } = context.parameters();
            serde_json::json!({ "strict": strict })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let strict = context.parameters::<Parameters>().strict;
    if workload.pod().host_network == Some(true) && !strict {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().flat_map(|place| {
        place.container.host_ports().map(move |(index, port)| {
            let field = format!("ports/{index}/hostPort");
            Evidence::in_container(&place, &field, port.to_string(), "absent")
        })
    });
    Verdict::of_containers(evidence, "opens ports of the node", "open ports of the node")
}
