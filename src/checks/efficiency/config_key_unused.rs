use compact_str::CompactString;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, FactBody, Facts, Kind},
};

check! {
    /// Every key of a ConfigMap or Secret is used.
    ///
    /// ## Why
    ///
    /// A key that nobody reads is a setting that somebody changes in vain.
    ///
    /// ## Fix
    ///
    /// Remove the key.
    ///
    /// Found are keys that no pod template names, where others of the same object are named and
    /// nothing takes the object as a whole.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/configmap/>
    /// - Popeye `POP-401`
    "config-key-unused", Efficiency, Info, Optional,
    Related(Lookup { kinds: &[Kind::ConfigMap, Kind::Secret], reads: Kind::WORKLOADS, run }),
    remediation: "remove the key",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Configuration(configuration) = &facts.body else { return Verdict::NotApplicable };
    let (kind, namespace, name) = (facts.kind(), &facts.key.namespace, &facts.key.name);
    if !cluster.is_used(kind, namespace, name) {
        return Verdict::NotApplicable;
    }
    let is_unused = |key: &&str| !cluster.is_key_used(kind, namespace, name, key);
    let unused: Vec<&str> =
        configuration.keys.iter().map(CompactString::as_str).filter(is_unused).collect();
    if !unused.is_empty() && !Kind::WORKLOADS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what uses them may be elsewhere".into());
    }
    let evidence = unused.iter().map(|key| {
        let pointer = key.replace('~', "~0").replace('/', "~1");
        Evidence::at(format!("/data/{pointer}"), "named by no pod template", "a user")
    });
    Verdict::unless_empty(evidence.collect(), |_| match unused.as_slice() {
        [key] => format!("key {} is not used", enumerate(&[key])),
        keys => format!("keys {} are not used", enumerate(keys)),
    })
}
