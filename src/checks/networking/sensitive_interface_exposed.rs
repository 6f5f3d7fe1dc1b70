use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check, enumerate},
    model::{Cluster, Facts, Image, Kind, WorkloadFacts},
};

/// Which interfaces are sensitive. A list of your own replaces that of the check.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Names of workloads, or values of the pod labels `app.kubernetes.io/name`, `app` and `k8s-app`.
    names: Vec<String>,
    /// Ends of image repositories, for example `jenkins/jenkins`.
    images: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            names: NAMES.iter().map(ToString::to_string).collect(),
            images: IMAGES.iter().map(ToString::to_string).collect(),
        }
    }
}

const NAMES: &[&str] = &[
    "argo-server",
    "centraldashboard",
    "jenkins",
    "kafka-ui",
    "kubeflow",
    "kubernetes-dashboard",
    "longhorn-ui",
    "mlflow",
    "mongo-express",
    "nifi",
    "phpmyadmin",
    "prometheus",
    "weave-scope-app",
];

const IMAGES: &[&str] = &[
    "adminer",
    "apache/airflow",
    "apache/nifi",
    "apache/zeppelin",
    "argoproj/argocli",
    "dpage/pgadmin4",
    "jaegertracing/all-in-one",
    "jenkins/jenkins",
    "kubernetesui/dashboard",
    "kubernetesui/dashboard-web",
    "longhornio/longhorn-ui",
    "mlflow/mlflow",
    "mongo-express",
    "phpmyadmin",
    "portainer/portainer-ce",
    "prom/alertmanager",
    "prom/prometheus",
    "prometheus/alertmanager",
    "prometheus/prometheus",
    "provectuslabs/kafka-ui",
    "rancher/rancher",
    "rayproject/ray",
    "rediscommander/redis-commander",
    "weaveworks/scope",
];

check! {
    /// Interfaces for administrators are not open to the outside.
    ///
    /// ## Why
    ///
    /// Dashboards, pipelines and notebooks run code for whoever opens them, and many ask nobody who
    /// he is. Scanners find them within hours.
    ///
    /// ## Fix
    ///
    /// Keep the Service inside and use `kubectl port-forward`, or put authentication in front:
    ///
    /// ```yaml
    /// metadata:
    ///   annotations:
    ///     nginx.ingress.kubernetes.io/auth-url: https://login.example.com/oauth2/auth
    ///     nginx.ingress.kubernetes.io/auth-signin: https://login.example.com/oauth2/start
    /// ```
    ///
    /// Found are workloads that are known by their name, by the label `app.kubernetes.io/name`, `app`
    /// or `k8s-app` of their pods, or by an image, and that a Service of type `NodePort` or
    /// `LoadBalancer` selects, or one that an Ingress without authentication leads to. Annotations
    /// named `auth-…`, and middlewares of Traefik and plugins of Kong, are taken for authentication.
    /// What an annotation of the cloud keeps internal is left out.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/>
    /// - Kubescape `C-0021`, `C-0274`
    "sensitive-interface-exposed", Networking, High, Standard,
    Related(Lookup { kinds: Kind::WORKLOADS, reads: &[Kind::Service, Kind::Ingress], run }),
    parameters: Parameters,
    remediation: "keep the Service inside of the cluster, or put authentication in front of it",
}

const NAME_LABELS: [&str; 3] = ["app.kubernetes.io/name", "app", "k8s-app"];

fn run(facts: &Facts, cluster: &Cluster, context: &Context<'_>) -> Verdict {
    let Some(workload) = facts.workload() else { return Verdict::NotApplicable };
    let parameters: &Parameters = context.parameters();
    let Some(interface) = parameters.interface(&facts.key.name, workload) else {
        return Verdict::NotApplicable;
    };
    let services = cluster.services_of(&facts.key.namespace, workload);
    let ways = services.flat_map(|(facts, service)| {
        let itself = service.is_exposed().then_some(&facts.key);
        let ingresses = cluster.ingresses_to(&facts.key);
        let open = ingresses.filter(|(_, ingress)| !ingress.is_internal && !ingress.has_auth);
        itself.into_iter().chain(open.map(|(facts, _)| &facts.key))
    });
    let ways: BTreeSet<String> = ways.map(ToString::to_string).collect();
    if ways.is_empty() {
        return Verdict::Pass;
    }
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let path = format!("{}/metadata/labels", workload.template_path);
    let evidence = Evidence::at(path, ways.join(", "), "inside, or behind authentication");
    Verdict::fail(
        format!("`{interface}` is open to the outside by {}", enumerate(&ways)),
        [evidence],
    )
}

impl Parameters {
    /// The entry that a workload is known by.
    fn interface(&self, name: &str, workload: &WorkloadFacts) -> Option<&str> {
        let labels = NAME_LABELS.iter().filter_map(|key| workload.label(key));
        let mut called = [name].into_iter().chain(labels);
        let named = called.find_map(|name| self.names.iter().find(|known| *known == name));
        let imaged = || {
            let mut images = workload.images.iter().map(|fact| Image::parse(&fact.image));
            images.find_map(|image| self.images.iter().find(|known| image.is_or_mirrors(known)))
        };
        named.or_else(imaged).map(String::as_str)
    }
}
