use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{
        Body, IntOrString, Object as ClusterObject, Service, Workload as Template, workloads_and,
    },
};

check! {
    /// Ports have names and numbers that Kubernetes takes.
    ///
    /// ## Why
    ///
    /// The API server refuses the whole object, and the rollout stops.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// ports:
    ///   - name: http-metrics     # 1 to 15 lower-case letters, digits and dashes
    ///     containerPort: 9090    # 1 to 65535
    /// ```
    ///
    /// Names of container ports, and target ports that are names, have 1 to 15 lower-case letters,
    /// digits and dashes, at least one letter, and no dash at the ends or beside another. Names of a
    /// Service's ports are DNS labels of up to 63 characters. A target port in quotes is a name.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports>
    /// - kube-linter `invalid-target-ports`, kube-score `container-ports-check`
    "port-name-invalid", Networking, Low, Standard, Object(workloads_and![Service], run),
    remediation: "use a port name of up to 15 lower-case letters, digits and dashes",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let evidence = match &object.body {
        Body::Workload(workload) => of_workload(workload),
        Body::Service(service) => of_service(service),
        _ => return Verdict::NotApplicable,
    };
    Verdict::unless_empty(evidence, |evidence| {
        let found: Vec<&str> = evidence.iter().map(|place| &*place.found).collect();
        format!("ports are invalid: {}", enumerate(&found))
    })
}

const NAME: &str = "a port name";
const NUMBER: &str = "1 to 65535";

fn of_workload(workload: &Template) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    for place in workload.all_containers() {
        for (index, port) in place.container.ports.iter().enumerate() {
            let mut find = |field: &str, found: String, wanted| {
                let field = format!("ports/{index}/{field}");
                evidence.push(Evidence::in_container(&place, &field, found, wanted));
            };
            if !port.name.is_empty() && !is_port_name(&port.name) {
                find("name", port.name.to_string(), NAME);
            }
            if !is_port_number(port.container_port.into()) {
                find("containerPort", port.container_port.to_string(), NUMBER);
            }
            if port.host_port != 0 && !is_port_number(port.host_port.into()) {
                find("hostPort", port.host_port.to_string(), NUMBER);
            }
        }
    }
    evidence
}

fn of_service(service: &Service) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    for (index, port) in service.ports.iter().enumerate() {
        let mut find = |field: &str, found: String, wanted| {
            evidence.push(Evidence::at(format!("/spec/ports/{index}/{field}"), found, wanted));
        };
        if !port.name.is_empty() && !is_dns_label(&port.name) {
            find("name", port.name.to_string(), "a DNS label");
        }
        if !is_port_number(port.port.into()) {
            find("port", port.port.to_string(), NUMBER);
            // An absent target port is the same number.
            continue;
        }
        match &port.target_port {
            Some(IntOrString::Int(number)) if !is_port_number(*number) => {
                find("targetPort", number.to_string(), NUMBER);
            }
            Some(IntOrString::String(name)) if !is_port_name(name) => {
                find("targetPort", name.to_string(), NAME);
            }
            _ => {}
        }
    }
    evidence
}

fn is_port_number(number: i64) -> bool {
    (1..=65535).contains(&number)
}

/// `IANA_SVC_NAME`, as in RFC 6335.
fn is_port_name(name: &str) -> bool {
    name.len() <= 15
        && is_dns_label(name)
        && !name.contains("--")
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// As in RFC 1123.
fn is_dns_label(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len())
        && name.bytes().all(is_known)
        && !name.starts_with('-')
        && !name.ends_with('-')
}
