use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{BackendPort, Cluster, FactBody, Facts, IngressBackend, Kind},
};

check! {
    /// Ingresses lead to Services and ports that exist.
    ///
    /// ## Why
    ///
    /// A path whose Service or port is missing answers with an error, and whoever may create a
    /// Service of that name in the namespace receives its traffic.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// backend:
    ///   service:
    ///     name: web             # a Service of the same namespace
    ///     port: {number: 80}    # one of its spec.ports, by number or by name
    /// ```
    ///
    /// Backends that are no Services are not judged, nor are the actions of the AWS load balancer
    /// controller (port `use-annotation`); of a Service without ports only the name is.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/>
    "ingress-backend-dangling", Networking, Medium, Core,
    Related(Lookup { kinds: &[Kind::Ingress], reads: &[Kind::Service], run }),
    remediation: "name a Service of the namespace, and one of its ports",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Ingress(ingress) = &facts.body else { return Verdict::NotApplicable };
    let (mut evidence, mut is_unknown) = (Vec::new(), false);
    for (place, backend) in ingress.backends() {
        match problem(backend, &facts.key.namespace, cluster) {
            Problem::None => {}
            Problem::NoService(_) if !cluster.is_complete(Kind::Service) => is_unknown = true,
            Problem::NoService(found) | Problem::NoPort(found) => {
                evidence.push(Evidence::at(place.to_string(), found, "a Service and its port"));
            }
        }
    }
    if evidence.is_empty() && is_unknown {
        return Verdict::Unknown("the Service may be elsewhere".into());
    }
    Verdict::unless_empty(evidence, |evidence| match evidence {
        [one] => format!("backend leads nowhere: {}", one.found),
        many => format!("{} backends lead nowhere", many.len()),
    })
}

enum Problem {
    None,
    NoService(String),
    NoPort(String),
}

fn problem(backend: &IngressBackend, namespace: &str, cluster: &Cluster) -> Problem {
    let is_action =
        matches!(&backend.port, Some(BackendPort::Name(name)) if name == "use-annotation");
    let Some(name) = backend.service.as_deref().filter(|_| !is_action) else {
        return Problem::None;
    };
    let Some(service) = cluster.service(namespace, name) else {
        return Problem::NoService(format!("Service `{name}` does not exist"));
    };
    match &backend.port {
        Some(port) if !service.ports.is_empty() && !service.has_port(port) => {
            Problem::NoPort(format!("Service `{name}` has no port `{port}`"))
        }
        _ => Problem::None,
    }
}
