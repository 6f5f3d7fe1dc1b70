use core::net::IpAddr;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Services of type `ExternalName` lead out of the cluster.
    ///
    /// ## Why
    ///
    /// Whoever follows the name connects to itself (`localhost`), or past the network policies and
    /// grants of another namespace: Ingress controllers follow it with their own rights.
    ///
    /// ## Fix
    ///
    /// Select the pods, or keep the endpoints by hand, where an address is meant:
    ///
    /// ```yaml
    /// spec:
    ///   type: ClusterIP
    ///   selector: {app: web}
    /// ```
    ///
    /// Found are `localhost`, addresses, and Services of other namespaces
    /// (`web.shop.svc.cluster.local` outside of `shop`).
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#externalname>
    /// - CVE-2021-25740, Trivy `KSV-0108`, Kyverno `no-localhost-service`
    "service-external-name-local", Networking, Medium, Standard, Object(&[Kind::Service], run),
    remediation: "use a Service with a selector, or a name outside of the cluster",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Service(service) = &object.body else { return Verdict::NotApplicable };
    if service.kind != "ExternalName" {
        return Verdict::NotApplicable;
    }
    let name = service.external_name.trim_end_matches('.').to_ascii_lowercase();
    let message = if name.parse::<IpAddr>().is_ok() {
        format!("external name is an address: `{name}`")
    } else if matches!(name.as_str(), "localhost" | "localhost.localdomain")
        || name.ends_with(".localhost")
    {
        format!("external name is the caller itself: `{name}`")
    } else if let Some(namespace) = namespace_of(&name) {
        match object.meta.namespace.as_deref() {
            Some(own) if own == namespace => return Verdict::Pass,
            Some(_) => format!("external name leads to the namespace `{namespace}`"),
            None => return Verdict::Unknown("the Service names no namespace".into()),
        }
    } else {
        return Verdict::Pass;
    };
    let evidence = Evidence::at("/spec/externalName", name, "a name outside of the cluster");
    Verdict::fail(message, [evidence])
}

/// The namespace of a Service by its name in the DNS of the cluster, `web.shop.svc.cluster.local`.
fn namespace_of(name: &str) -> Option<&str> {
    let (service, domain) = name.split_once(".svc.")?;
    domain.ends_with("local").then(|| service.rsplit('.').next()).flatten()
}
