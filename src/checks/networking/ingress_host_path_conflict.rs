use std::collections::BTreeSet;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, FactBody, Facts, Ingress, IngressPath, Kind},
};

check! {
    /// One Ingress claims a path of a host.
    ///
    /// ## Why
    ///
    /// Where two Ingresses claim the same host and path, the older one wins with some controllers, a
    /// random one with others: a tenant takes the traffic of another, or a deletion turns it over.
    ///
    /// ## Fix
    ///
    /// Give one of them another host or path:
    ///
    /// ```yaml
    /// spec:
    ///   rules:
    ///     - host: staging.shop.example.com
    /// ```
    ///
    /// Found are Ingresses of any namespace with the same class that have a path with the same host,
    /// path and path type. An Ingress without class has the default one. A canary of ingress-nginx
    /// shares its paths on purpose.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches>
    /// - Kyverno `unique-ingress-host-and-path`, Gatekeeper `uniqueingresshost`
    "ingress-host-path-conflict", Networking, Medium, Standard,
    Related(Lookup { kinds: &[Kind::Ingress], reads: &[Kind::Ingress, Kind::IngressClass], run }),
    remediation: "give one of the Ingresses another host or path",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Ingress(ingress) = &facts.body else { return Verdict::NotApplicable };
    if ingress.is_canary {
        return Verdict::NotApplicable;
    }
    let mut rivals = BTreeSet::new();
    let mut evidence = Vec::new();
    for (rule_index, rule) in ingress.rules.iter().enumerate() {
        for (index, path) in rule.paths.iter().enumerate() {
            let found = rivals_for(facts, ingress, &rule.host, path, cluster);
            if found.is_empty() {
                continue;
            }
            let place = format!("/spec/rules/{rule_index}/http/paths/{index}");
            let names = found.iter().cloned().collect::<Vec<_>>().join(", ");
            evidence.push(Evidence::at(place, names, "one Ingress"));
            rivals.extend(found);
        }
    }
    Verdict::unless_empty(evidence, |_| {
        let rivals: Vec<&str> = rivals.iter().map(String::as_str).collect();
        format!("host and path are also those of {}", enumerate(&rivals))
    })
}

fn rivals_for(
    facts: &Facts,
    ingress: &Ingress,
    host: &str,
    path: &IngressPath,
    cluster: &Cluster,
) -> BTreeSet<String> {
    let class_of = |ingress: &Ingress| {
        ingress.class().or_else(|| cluster.default_ingress_class()).unwrap_or_default().to_owned()
    };
    let own = class_of(ingress);
    let others = cluster.ingresses_claiming(&facts.key, host, path);
    let rivals = others.filter(|(_, other)| class_of(other) == own);
    rivals.map(|(facts, _)| format!("{}/{}", facts.key.namespace, facts.key.name)).collect()
}
