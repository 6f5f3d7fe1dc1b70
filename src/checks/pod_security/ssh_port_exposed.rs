use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, IntOrString, Kind, Object as ClusterObject, Service, Workload},
};

/// Which ports are those of SSH.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Ports that an SSH server listens on; add 2222 where servers run without root.
    ports: Vec<i32>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { ports: vec![22] }
    }
}

check! {
    /// Neither containers nor Services open the port of SSH.
    ///
    /// ## Why
    ///
    /// A server for logins in a container has keys, users and bugs of its own, and no part in RBAC
    /// and in the audit log of the cluster.
    ///
    /// ## Fix
    ///
    /// Take the server out, use `kubectl exec`, and serve what is left:
    ///
    /// ```yaml
    /// ports:
    ///   - containerPort: 8080
    /// ```
    ///
    /// Found are TCP ports of containers, and `port` and `targetPort` of Services, among the
    /// parameter `ports`: 22 by default. Services of type `ExternalName` open no port.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/>
    /// - kube-linter `ssh-port`, Kubescape C-0042
    "ssh-port-exposed", PodSecurity, Low, Standard, Object(Kind::WORKLOADS_AND_SERVICES, run),
    parameters: Parameters,
    remediation: "use `kubectl exec` and remove the SSH server",
    rule: Rule::containers("container.?ports.orValue([]).exists(port, port.?protocol.orValue('TCP') == \
        'TCP' && port.containerPort in variables.params.ports)")
        .or_object("object.kind == 'Service' && object.spec.?type.orValue('') != 'ExternalName' && \
        object.spec.?ports.orValue([]).exists(port, port.?protocol.orValue('TCP') == 'TCP' && \
        (port.port in variables.params.ports || port.?targetPort.orValue(0) in \
        variables.params.ports))")
        .with(|context| {
            let Parameters { ports } = context.parameters();
            serde_json::json!({ "ports": ports })
        }),
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Parameters { ports } = context.parameters();
    match &object.body {
        Body::Workload(workload) => of_workload(workload, ports),
        Body::Service(service) if service.kind != "ExternalName" => of_service(service, ports),
        _ => Verdict::NotApplicable,
    }
}

fn is_tcp(protocol: &str) -> bool {
    matches!(protocol, "" | "TCP")
}

fn of_workload(workload: &Workload, wanted: &[i32]) -> Verdict {
    let evidence = workload.all_containers().flat_map(|place| {
        let ports = place.container.ports.iter().enumerate();
        let of_ssh = ports.filter(|(_, port)| {
            is_tcp(port.protocol.as_deref().unwrap_or_default())
                && wanted.contains(&port.container_port)
        });
        of_ssh.map(move |(index, port)| {
            let field = format!("ports/{index}/containerPort");
            Evidence::in_container(&place, &field, port.container_port.to_string(), "absent")
        })
    });
    Verdict::of_containers(evidence, "opens the port of SSH", "open the port of SSH")
}

fn of_service(service: &Service, wanted: &[i32]) -> Verdict {
    let ports = service.ports.iter().enumerate().filter(|(_, port)| is_tcp(&port.protocol));
    let evidence = ports.filter_map(|(index, port)| {
        let target = port.target_port.as_ref().and_then(IntOrString::number);
        let target = target.and_then(|target| i32::try_from(target).ok());
        let found = [("port", Some(port.port)), ("targetPort", target)];
        let (field, number) = found.into_iter().find_map(|(field, number)| {
            Some((field, number.filter(|number| wanted.contains(number))?))
        })?;
        Some(Evidence::at(format!("/spec/ports/{index}/{field}"), number.to_string(), "absent"))
    });
    Verdict::unless_empty(evidence.collect(), |_| "the Service opens the port of SSH".to_owned())
}
