use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{BackendPort, BackendReference, Body, Cluster, Facts, Kind},
};

check! {
    /// Routes lead to Services and ports that exist.
    ///
    /// ## Why
    ///
    /// A rule whose Service or port is missing answers with an error, and whoever may create a
    /// Service of that name receives its traffic.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// rules:
    ///   - backendRefs:
    ///       - name: web      # a Service of the same namespace
    ///         port: 80       # one of its spec.ports, by number
    /// ```
    ///
    /// A Service of another namespace has to let the route in:
    ///
    /// ```yaml
    /// apiVersion: gateway.networking.k8s.io/v1beta1
    /// kind: ReferenceGrant
    /// metadata: {name: from-shop, namespace: backend}
    /// spec:
    ///   from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
    ///   to: [{group: "", kind: Service}]
    /// ```
    ///
    /// Backends that are no Services are not judged.
    ///
    /// ## References
    ///
    /// - <https://gateway-api.sigs.k8s.io/api-types/httproute/#backendrefs-optional>
    /// - Kubescape `C-0302`, Popeye `POP-407`
    "gateway-backend-dangling", Networking, Medium, Standard,
    Related(Lookup {
        kinds: Kind::ROUTES,
        reads: &[Kind::Service, Kind::ReferenceGrant],
        run,
    }),
    remediation: "name a Service and one of its ports, and grant references across namespaces",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::Route(route)) = facts.whole_body() else { return Verdict::NotApplicable };
    let (mut evidence, mut unknown) = (Vec::new(), None);
    for ((rule, index), backend) in route.backends().filter(|(_, backend)| backend.is_service()) {
        match problem(facts, backend, cluster) {
            Some(problem) if problem.rests_on.is_none_or(|kind| cluster.is_complete(kind)) => {
                let path = format!("/spec/rules/{rule}/backendRefs/{index}");
                evidence.push(Evidence::at(path, problem.text, "a Service and its port"));
            }
            Some(problem) => unknown = problem.rests_on,
            None => {}
        }
    }
    if let Some(kind) = unknown.filter(|_| evidence.is_empty()) {
        return Verdict::Unknown(format!("the {kind} may be elsewhere").into());
    }
    Verdict::unless_empty(evidence, |evidence| match evidence {
        [one] => format!("backend leads nowhere: {}", one.found),
        many => format!("{} backends lead nowhere", many.len()),
    })
}

struct Problem {
    text: String,
    /// The kind whose absence it rests on.
    rests_on: Option<Kind>,
}

fn problem(facts: &Facts, backend: &BackendReference, cluster: &Cluster) -> Option<Problem> {
    let own = &*facts.key.namespace;
    let (namespace, name) = (backend.namespace_or(own), backend.name.as_str());
    let Some(service) = cluster.service(namespace, name) else {
        let text = format!("Service `{name}` does not exist in `{namespace}`");
        return Some(Problem { text, rests_on: Some(Kind::Service) });
    };
    if namespace != own && !cluster.grants(&facts.key, namespace, name) {
        let text = format!("no ReferenceGrant of `{namespace}` allows Service `{name}`");
        return Some(Problem { text, rests_on: Some(Kind::ReferenceGrant) });
    }
    match backend.port {
        None => {
            let text = format!("no port of Service `{name}` is named");
            Some(Problem { text, rests_on: None })
        }
        Some(port) if !service.has_port(&BackendPort::Number(port)) => {
            let text = format!("Service `{name}` has no port `{port}`");
            Some(Problem { text, rests_on: None })
        }
        Some(_) => None,
    }
}
