use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

/// Which addresses Services may take.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Addresses that are allowed.
    allowed: Vec<String>,
}

check! {
    /// Services take no external addresses.
    ///
    /// ## Why
    ///
    /// Every node sends what is meant for an external address to the Service that names it, whoever
    /// the address belongs to: who may create a Service can read the traffic of others
    /// (CVE-2020-8554). Nothing in Kubernetes checks it.
    ///
    /// ## Fix
    ///
    /// Remove `spec.externalIPs`; use a load balancer, an Ingress or a Gateway. Allow addresses that
    /// are yours in the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: service-external-ips
    ///     parameters: {allowed: ["203.0.113.7"]}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#external-ips>
    /// - CVE-2020-8554, Trivy `KSV-0108`, Gatekeeper `externalip`
    "service-external-ips", Networking, High, Core, Object(&[Kind::Service], run),
    parameters: Parameters,
    remediation: "remove `externalIPs`",
    rule: Rule::object("object.spec.?externalIPs.orValue([]).exists(address, !(address in \
        variables.params.allowed))")
        .with(|context| {
            let Parameters { allowed } = context.parameters();
            serde_json::json!({ "allowed": allowed })
        }),
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Service(service) = &object.body else { return Verdict::NotApplicable };
    let Parameters { allowed } = context.parameters();
    let addresses = service.external_ips.iter().enumerate();
    let foreign = addresses.filter(|(_, address)| !allowed.iter().any(|known| known == *address));
    let evidence = foreign.map(|(index, address)| {
        Evidence::at(format!("/spec/externalIPs/{index}"), address.to_string(), "none")
    });
    Verdict::unless_empty(evidence.collect(), |evidence| {
        let addresses: Vec<&str> = evidence.iter().map(|place| &*place.found).collect();
        format!("service takes the traffic of {}", enumerate(&addresses))
    })
}
