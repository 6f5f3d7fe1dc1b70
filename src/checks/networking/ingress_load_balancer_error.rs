use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Load balancers of Ingresses have their ports.
    ///
    /// ## Why
    ///
    /// The controller says in the status of the Ingress that it could not open a port: whoever calls
    /// it gets no answer.
    ///
    /// ## Fix
    ///
    /// Read the events of the Ingress and the log of its controller; often a quota of the cloud, a
    /// certificate or an annotation is wrong:
    ///
    /// ```yaml
    /// status:
    ///   loadBalancer:
    ///     ingress:
    ///       - ip: 203.0.113.7
    ///         ports: [{port: 443, protocol: TCP, error: MixedProtocolNotSupported}]
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/#IngressStatus>
    /// - Popeye `POP-1400`
    "ingress-load-balancer-error", Networking, Low, Standard, Object(&[Kind::Ingress], run),
    remediation: "read the events of the Ingress and the log of its controller",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Ingress(ingress) = &object.body else { return Verdict::NotApplicable };
    let points = ingress.status.load_balancer.ingress.iter().enumerate();
    let evidence = points.flat_map(|(point, content)| {
        let ports = content.ports.iter().enumerate();
        ports.filter_map(move |(index, port)| {
            let error = port.error.as_deref().filter(|error| !error.is_empty())?;
            let path = format!("/status/loadBalancer/ingress/{point}/ports/{index}/error");
            Some(Evidence::at(path, format!("port {}: {error}", port.port), "none"))
        })
    });
    Verdict::unless_empty(evidence.collect(), |evidence| match evidence {
        [one] => format!("load balancer has a problem: {}", one.found),
        many => format!("load balancer has problems with {} ports", many.len()),
    })
}
