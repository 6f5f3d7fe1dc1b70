use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, Facts, Kind},
};

check! {
    /// Gateway classes are used.
    ///
    /// ## Why
    ///
    /// A class without a Gateway is a controller that runs for nothing, or a name that somebody
    /// got wrong.
    ///
    /// ## Fix
    ///
    /// Delete the class, or make a Gateway of it:
    ///
    /// ```yaml
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: Gateway
    /// metadata: {name: public, namespace: ingress}
    /// spec: {gatewayClassName: public}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://gateway-api.sigs.k8s.io/api-types/gatewayclass/>
    /// - Popeye `POP-400`
    "gateway-class-unused", Efficiency, Info, Optional,
    Related(Lookup { kinds: &[Kind::GatewayClass], reads: &[Kind::Gateway], run }),
    remediation: "delete the class",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let is_of_class = |gateway: &Facts| match gateway.whole_body() {
        Some(Body::Gateway(gateway)) => *gateway.gateway_class_name == *facts.key.name,
        _ => false,
    };
    if cluster.all(Kind::Gateway).any(is_of_class) {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::Gateway) {
        return Verdict::Unknown("Gateways may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "named by no Gateway", "a Gateway");
    Verdict::fail("no Gateway uses the class", [evidence])
}
