use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

/// Which load balancers are looked for.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Whether those are left alone that an annotation keeps off the internet, or that
    /// `loadBalancerSourceRanges` restricts.
    allow_restricted: bool,
}

check! {
    /// Services have no load balancer of their own.
    ///
    /// ## Why
    ///
    /// Each one is another address on the internet to watch, and another line on the bill; one
    /// Ingress or Gateway serves many.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   type: ClusterIP      # with a shared Ingress or Gateway in front
    /// ```
    ///
    /// To see only those that are open to the internet, leave out what an annotation of the cloud
    /// makes internal, or what is restricted to some addresses:
    ///
    /// ```yaml
    /// settings:
    ///   - check: service-load-balancer
    ///     parameters: {allowRestricted: true}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer>
    /// - kube-linter `exposed-services`, Kyverno `no-loadbalancer-service`
    "service-load-balancer", Networking, Info, Optional, Object(&[Kind::Service], run),
    parameters: Parameters,
    remediation: "use the type ClusterIP, with a shared Ingress or Gateway in front",
}

fn run(object: &ClusterObject, context: &Context<'_>) -> Verdict {
    let Body::Service(service) = &object.body else { return Verdict::NotApplicable };
    let Parameters { allow_restricted } = context.parameters();
    let ranges = &service.load_balancer_source_ranges;
    let is_open = |range: &str| matches!(range, "0.0.0.0/0" | "::/0");
    let is_restricted = service.is_internal
        || !ranges.is_empty() && !ranges.iter().any(|range| is_open(range.trim()));
    if service.kind != "LoadBalancer" || *allow_restricted && is_restricted {
        return Verdict::Pass;
    }
    let evidence = Evidence::at("/spec/type", "LoadBalancer", "ClusterIP");
    Verdict::fail("service has a load balancer of its own", [evidence])
}
