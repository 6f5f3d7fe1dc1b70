use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Ingresses name their hosts.
    ///
    /// ## Why
    ///
    /// An Ingress for `*.example.com` receives what is meant for hosts that do not exist yet, and
    /// for those of other teams that have no Ingress of their own.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   rules:
    ///     - host: shop.example.com
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards>
    /// - K8Guard `INGRESS_HOST_INVALID`
    "ingress-wildcard-host", Networking, Medium, Core, Object(&[Kind::Ingress], run),
    remediation: "name each host",
    rule: Rule::object("object.?spec.?rules.orValue([]).exists(rule, \
        rule.?host.orValue('').contains('*'))"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Ingress(ingress) = &object.body else { return Verdict::NotApplicable };
    let rules = ingress.rules.iter().enumerate();
    let evidence = rules.filter(|(_, rule)| rule.host.contains('*')).map(|(index, rule)| {
        Evidence::at(format!("/spec/rules/{index}/host"), rule.host.to_string(), "one host")
    });
    Verdict::unless_empty(evidence.collect(), |evidence| {
        let hosts: Vec<&str> = evidence.iter().map(|place| &*place.found).collect();
        format!("ingress takes any host of {}", enumerate(&hosts))
    })
}
