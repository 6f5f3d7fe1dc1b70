use std::collections::BTreeSet;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Kind, Service},
};

const READS: &[Kind] = &[
    Kind::Service,
    Kind::Ingress,
    Kind::HttpRoute,
    Kind::GrpcRoute,
    Kind::TcpRoute,
    Kind::ReferenceGrant,
];

check! {
    /// It is known which workloads can be reached from outside.
    ///
    /// ## Why
    ///
    /// What can be reached from outside of the cluster is what attackers begin with: it deserves the
    /// first patches and the strictest settings. This is a list, not a defect.
    ///
    /// ## Fix
    ///
    /// Review each, and keep inside what need not be outside:
    ///
    /// ```yaml
    /// spec:
    ///   type: ClusterIP
    /// ```
    ///
    /// Found are workloads whose pods a Service of type `NodePort` or `LoadBalancer` selects, or one
    /// that an Ingress or a route of a Gateway leads to. Load balancers and Ingresses that an
    /// annotation of the cloud keeps internal are left out; whether others are on the internet is up
    /// to the network in front.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/>
    /// - Kubescape `C-0256`, `C-0266`
    "workload-internet-exposed", Networking, Info, Optional,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: READS, run }),
    remediation: "review whether the workload has to be reached from outside",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let services = cluster.services_of(&facts.key.namespace, workload);
    let ways = services.flat_map(|(service_facts, service)| ways(service_facts, service, cluster));
    let ways: BTreeSet<String> = ways.collect();
    if ways.is_empty() {
        return Verdict::Pass;
    }
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let path = format!("{}/metadata/labels", workload.template_path);
    let evidence = Evidence::at(path, ways.join(", "), "inside of the cluster");
    Verdict::fail(format!("can be reached from outside by {}", enumerate(&ways)), [evidence])
}

/// The objects by which a Service is reached from outside.
fn ways(facts: &Facts, service: &Service, cluster: &Cluster) -> Vec<String> {
    let itself = service.is_exposed().then(|| facts.key.to_string());
    let ingresses = cluster.ingresses_to(&facts.key).filter(|(_, ingress)| !ingress.is_internal);
    let routes = cluster.routes_to(&facts.key).filter(|(route_facts, route)| {
        let (route, own) = (route.has_gateway(), &facts.key.namespace);
        route
            && (route_facts.key.namespace == *own
                || cluster.grants(&route_facts.key, own, &facts.key.name))
    });
    let ingresses = ingresses.map(|(facts, _)| facts.key.to_string());
    let routes = routes.map(|(facts, _)| facts.key.to_string());
    itself.into_iter().chain(ingresses).chain(routes).collect()
}
