use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Cluster, FactBody, Facts, Kind},
};

check! {
    /// Clusters with autoscalers serve the metrics that these look at.
    ///
    /// ## Why
    ///
    /// A HorizontalPodAutoscaler reads the use of CPU and memory from `metrics.k8s.io`. Where nobody
    /// serves that API, no workload is scaled, whatever the load.
    ///
    /// ## Fix
    ///
    /// Install the metrics server, or what your provider has in its place:
    ///
    /// ```sh
    /// kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml
    /// ```
    ///
    /// Found is a cluster without APIService of the group `metrics.k8s.io` in which an autoscaler
    /// looks at CPU or memory. It is reported on the Service `kubernetes` of the namespace `default`,
    /// which stands for the cluster.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/>
    /// - Popeye `POP-402`
    "metrics-server-missing", Reliability, Info, Optional,
    RelatedTimed(Lookup {
        kinds: &[Kind::Service],
        reads: &[Kind::ApiService, Kind::HorizontalPodAutoscaler],
        run,
    }),
    remediation: "install the metrics server",
}

fn run(facts: &Facts, cluster: &Cluster, _: &Context<'_>) -> Verdict {
    if !facts.is_api_server() {
        return Verdict::NotApplicable;
    }
    let serves_metrics = |facts: &Facts| match facts.whole_body() {
        Some(Body::ApiService(api)) => api.group == "metrics.k8s.io",
        _ => false,
    };
    if cluster.all(Kind::ApiService).any(serves_metrics) {
        return Verdict::Pass;
    }
    let needs_metrics = |facts: &&Facts| match &facts.body {
        FactBody::HorizontalPodAutoscaler(scaler) => scaler.needs_resource_metrics(),
        _ => false,
    };
    let complete = cluster.is_complete(Kind::ApiService);
    // The first by name, so that the finding stays the same.
    let scalers = cluster.all(Kind::HorizontalPodAutoscaler).filter(needs_metrics);
    let Some(scaler) = scalers.map(|facts| &facts.key).min() else {
        return match complete && cluster.is_complete(Kind::HorizontalPodAutoscaler) {
            true => Verdict::Pass,
            false => Verdict::Unknown("autoscalers may be elsewhere".into()),
        };
    };
    if !complete {
        return Verdict::Unknown("the APIService may be elsewhere".into());
    }
    let found = format!("none, and `{}/{}` needs it", scaler.namespace, scaler.name);
    let evidence = Evidence::at("/metadata/name", found, "an APIService of `metrics.k8s.io`");
    Verdict::fail("autoscalers find no metrics of CPU and memory", [evidence])
}
