use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Cluster, Facts, Kind, Service, WorkloadFacts},
};

check! {
    /// StatefulSets have a headless Service of their own.
    ///
    /// ## Why
    ///
    /// The pods of a StatefulSet find each other by name, `db-0.db`. These names exist only where
    /// `serviceName` is a Service without cluster IP that selects the pods.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Service
    /// metadata: {name: db}
    /// spec:
    ///   clusterIP: None
    ///   selector: {app: db}
    ///   ports: [{port: 5432}]
    /// ```
    ///
    /// Found are StatefulSets without `serviceName`, and those whose Service does not exist, has a
    /// cluster IP, or does not select the pods.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id>
    /// - kube-score `statefulset-has-servicename`
    "statefulset-service-name-invalid", Reliability, Medium, Standard,
    Related(Lookup { kinds: &[Kind::StatefulSet], reads: &[Kind::Service], run }),
    remediation: "set `serviceName` to a Service with `clusterIP: None` that selects the pods",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let name = workload.service_name.as_str();
    let (found, message) = if name.is_empty() {
        ("none".to_owned(), "`serviceName` is not set".to_owned())
    } else {
        let problem = match cluster.service(&facts.key.namespace, name) {
            Some(service) => problem(service, workload),
            None if cluster.is_complete(Kind::Service) => Some("does not exist"),
            None => return Verdict::Unknown("the Service may be elsewhere".into()),
        };
        let Some(problem) = problem else { return Verdict::Pass };
        (format!("`{name}`"), format!("governing Service `{name}` {problem}"))
    };
    let wanted = "a headless Service that selects the pods";
    Verdict::fail(message, [Evidence::at("/spec/serviceName", found, wanted)])
}

fn problem(service: &Service, workload: &WorkloadFacts) -> Option<&'static str> {
    let selects = !service.selector.is_empty() && workload.has(&service.selector);
    if service.cluster_ip != "None" {
        Some("is not headless")
    } else if !selects {
        Some("does not select the pods")
    } else {
        None
    }
}
