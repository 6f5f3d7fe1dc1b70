use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{BackendPort, Body, Ingress, IntOrString, Kind, Object as ClusterObject, Service},
};

check! {
    /// Services and Ingresses name the ports that they lead to.
    ///
    /// ## Why
    ///
    /// A number has to be changed in several places at once; a name stays when the number changes.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   ports:
    ///     - port: 80
    ///       targetPort: http
    /// ```
    ///
    /// Found are target ports of Services, and ports of Ingress backends, that are numbers; without
    /// `targetPort` it is the number of the Service.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports>
    /// - Popeye `POP-1102`, `POP-1403`
    "service-target-port-unnamed", Networking, Info, Optional,
    Object(&[Kind::Service, Kind::Ingress], run),
    remediation: "use the name of the port",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let evidence = match &object.body {
        Body::Service(service) if service.has_selector() => of_service(service),
        Body::Ingress(ingress) => of_ingress(ingress),
        _ => return Verdict::NotApplicable,
    };
    Verdict::unless_empty(evidence, |evidence| match evidence {
        [one] => format!("leads to port {} by its number", one.found),
        many => format!("leads to {} ports by their numbers", many.len()),
    })
}

fn of_service(service: &Service) -> Vec<Evidence> {
    let ports = service.ports.iter().enumerate();
    let numbers = ports.filter_map(|(index, port)| match port.target_port.as_ref()? {
        IntOrString::Int(number) => {
            let path = format!("/spec/ports/{index}/targetPort");
            Some(Evidence::at(path, number.to_string(), "a name"))
        }
        IntOrString::String(_) => None,
    });
    numbers.collect()
}

fn of_ingress(ingress: &Ingress) -> Vec<Evidence> {
    let numbers = ingress.backends().filter_map(|(place, backend)| match backend.port {
        Some(BackendPort::Number(number)) => {
            Some(Evidence::at(place.to_string(), number.to_string(), "a name"))
        }
        _ => None,
    });
    numbers.collect()
}
