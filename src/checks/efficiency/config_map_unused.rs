use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, ConfigurationFacts, FactBody, Facts, Kind},
};

check! {
    /// ConfigMaps are used.
    ///
    /// ## Why
    ///
    /// What nobody reads is changed by mistake instead of what is read, and every copy of it is kept
    /// in etcd and in each backup.
    ///
    /// ## Fix
    ///
    /// Delete it, or exempt it where a program reads it over the API.
    ///
    /// Found is a ConfigMap that no pod template of the namespace mounts or reads into its
    /// environment. Left out are those that another object owns, the certificate authority that
    /// Kubernetes puts into every namespace, those of leader elections, those that sidecars look for
    /// by a label (dashboards and rules of Grafana and Prometheus), and those of Helm.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/configuration/configmap/>
    /// - Popeye `POP-400`, Clusterlint `unused-config-map`, Kor `configmaps`
    "config-map-unused", Efficiency, Low, Standard,
    Related(Lookup { kinds: &[Kind::ConfigMap], reads: Kind::WORKLOADS, run }),
    remediation: "delete the ConfigMap, or exempt it where a program reads it over the API",
}

/// Labels of what is found by label, not by name.
const FOUND_BY_LABEL: &[&str] =
    &["grafana_dashboard", "grafana_datasource", "grafana_alert", "prometheus_rule", "owner"];

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let FactBody::Configuration(map) = &facts.body else { return Verdict::NotApplicable };
    let (namespace, name) = (&facts.key.namespace, &facts.key.name);
    if map.is_owned || namespace.starts_with("kube-") || is_read_otherwise(map, name) {
        return Verdict::NotApplicable;
    }
    if cluster.is_used(Kind::ConfigMap, namespace, name) {
        return Verdict::Pass;
    }
    if !Kind::WORKLOADS.iter().all(|kind| cluster.is_complete(*kind)) {
        return Verdict::Unknown("what uses it may be elsewhere".into());
    }
    let evidence = Evidence::at("/metadata/name", "named by no pod template", "a user");
    Verdict::fail("no pod template uses the ConfigMap", [evidence])
}

fn is_read_otherwise(map: &ConfigurationFacts, name: &str) -> bool {
    name == "kube-root-ca.crt"
        || name == "openshift-service-ca.crt"
        || name.contains("leader")
        || FOUND_BY_LABEL.iter().any(|key| map.labels.value(key).is_some())
}
