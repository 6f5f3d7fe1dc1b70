use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Body, Kind, Object as ClusterObject},
};

check! {
    /// Hosts of an Ingress are in its TLS section.
    ///
    /// ## Why
    ///
    /// A host that the section leaves out gets no certificate: it is served in plain text, or with
    /// the default certificate of the controller, which browsers refuse.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// spec:
    ///   tls:
    ///     - hosts: [shop.example.com, api.example.com]
    ///       secretName: example-com-tls
    /// ```
    ///
    /// Found are hosts of rules that no host of `spec.tls` covers; `*.example.com` covers one label.
    /// An entry without hosts covers all. An Ingress without `spec.tls` is found by another check.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/#tls>
    /// - Kyverno `ingress-host-match-tls`
    "ingress-host-not-in-tls", Networking, Low, Standard, Object(&[Kind::Ingress], run),
    remediation: "add the host to `spec.tls[].hosts`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let Body::Ingress(ingress) = &object.body else { return Verdict::NotApplicable };
    if ingress.tls.is_empty() {
        return Verdict::NotApplicable;
    }
    let mut sections = ingress.tls.iter();
    if sections.any(|section| section.hosts.is_empty()) {
        return Verdict::Pass;
    }
    let is_covered = |host: &str| {
        ingress.tls.iter().flat_map(|section| &section.hosts).any(|pattern| covers(pattern, host))
    };
    let rules = ingress.rules.iter().enumerate();
    let bare = rules.filter(|(_, rule)| !rule.host.is_empty() && !is_covered(&rule.host));
    let evidence = bare.map(|(index, rule)| {
        Evidence::at(format!("/spec/rules/{index}/host"), rule.host.to_string(), "in spec.tls")
    });
    Verdict::unless_empty(evidence.collect(), |evidence| {
        let hosts: Vec<&str> = evidence.iter().map(|place| &*place.found).collect();
        format!("hosts without TLS: {}", enumerate(&hosts))
    })
}

fn covers(pattern: &str, host: &str) -> bool {
    let below = |name: &str| name.split_once('.').map(|(_, domain)| domain.to_ascii_lowercase());
    pattern.eq_ignore_ascii_case(host)
        || pattern.starts_with("*.") && !host.starts_with('*') && below(pattern) == below(host)
}
