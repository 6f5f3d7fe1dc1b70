use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Ingresses say for which hosts they are.
    ///
    /// ## Why
    ///
    /// A rule without host takes every host that no other rule names: those that do not exist yet,
    /// those of scanners, and those of teams whose Ingress is gone for a moment.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   rules:
    ///     - host: shop.example.com
    /// ```
    ///
    /// Found are rules without host, and a default backend without any rule. Beside rules, a default
    /// backend is left alone.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource>
    /// - Kyverno `disallow-empty-ingress-host`, Gatekeeper `block-wildcard-ingress`
    "ingress-host-missing", Networking, Low, Standard, Object(&[Kind::Ingress], run),
    remediation: "set a host for each rule",
    rule: Rule::object("object.?spec.?rules.orValue([]).size() == 0 && \
        object.?spec.?defaultBackend.hasValue() || object.?spec.?rules.orValue([]).exists(rule, \
        rule.?host.orValue('') == '')"),
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Ingress(ingress) = &object.body else { return Verdict::NotApplicable };
    if ingress.rules.is_empty() && ingress.default_backend.is_some() {
        let evidence = Evidence::at("/spec/rules", "none", "a rule with a host");
        return Verdict::fail("ingress takes any host by its default backend", [evidence]);
    }
    let rules = ingress.rules.iter().enumerate();
    let evidence = rules
        .filter(|(_, rule)| rule.host.is_empty())
        .map(|(index, _)| Evidence::at(format!("/spec/rules/{index}/host"), "none", "a host"));
    Verdict::unless_empty(evidence.collect(), |evidence| match evidence {
        [_] => "rule takes any host".to_owned(),
        many => format!("{} rules take any host", many.len()),
    })
}
