use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, FactBody, Facts, Kind, ServiceMonitor},
};

check! {
    /// ServiceMonitors select Services that exist.
    ///
    /// ## Why
    ///
    /// A monitor that selects nothing scrapes nothing, and the alerts that rest on it are silent.
    ///
    /// ## Fix
    ///
    /// Make the selector equal to the labels of the Service itself (not of its pods), and name its
    /// namespace:
    ///
    /// ```yaml
    /// spec:
    ///   selector: {matchLabels: {app: web}}
    ///   namespaceSelector: {matchNames: [shop]}
    /// ```
    ///
    /// Without `namespaceSelector` the monitor's own namespace is meant.
    ///
    /// ## References
    ///
    /// - <https://prometheus-operator.dev/docs/api-reference/api/>
    /// - kube-linter `dangling-servicemonitor`
    "service-monitor-dangling", Metadata, Low, Standard,
    Related(Lookup { kinds: &[Kind::ServiceMonitor], reads: &[Kind::Service], run }),
    remediation: "make the selector equal to the labels of the Service",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(Body::ServiceMonitor(monitor)) = facts.whole_body() else {
        return Verdict::NotApplicable;
    };
    if selects_any(monitor, &facts.key.namespace, cluster) {
        return Verdict::Pass;
    }
    if !cluster.is_complete(Kind::Service) {
        return Verdict::Unknown("the Services may be elsewhere".into());
    }
    let evidence = Evidence::at("/spec/selector", "no Service", "labels of a Service");
    Verdict::fail("selector matches no Service", [evidence])
}

fn selects_any(monitor: &ServiceMonitor, own: &str, cluster: &Cluster) -> bool {
    let selects = |facts: &Facts| match &facts.body {
        FactBody::Service(service) => monitor.selector.selects(&service.labels),
        _ => false,
    };
    let namespaces = &monitor.namespace_selector;
    let is_selected_in = |namespace| cluster.all_in(Kind::Service, namespace).any(selects);
    if namespaces.any {
        cluster.all(Kind::Service).any(selects)
    } else if namespaces.match_names.is_empty() {
        is_selected_in(own)
    } else {
        namespaces.match_names.iter().any(|namespace| is_selected_in(namespace))
    }
}
