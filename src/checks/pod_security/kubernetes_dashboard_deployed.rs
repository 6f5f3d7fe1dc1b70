use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Image, Labels, Workload},
};

check! {
    /// The Kubernetes Dashboard is not deployed.
    ///
    /// ## Why
    ///
    /// The Dashboard shows and changes what its account may, and it has been left open to the
    /// internet often enough to be looked for. The project was archived in January 2026.
    ///
    /// ## Fix
    ///
    /// Remove it, and use a client on the desk of each person, with that person's own rights, such as
    /// Headlamp. Where it has to stay, keep others away from it:
    ///
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: dashboard
    ///   namespace: kubernetes-dashboard
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Ingress]
    /// ```
    ///
    /// Found are containers with an image `kubernetesui/dashboard…` or `…/kubernetes-dashboard…`, and
    /// workloads with the label `k8s-app: kubernetes-dashboard`, on the object or on its pods.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/>
    /// - Kubescape C-0014, Checkov `CKV_K8S_33`
    "kubernetes-dashboard-deployed", PodSecurity, Medium, Standard, Workload(run),
    remediation: "remove the Dashboard, or keep others away from it",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let images = workload.all_containers().filter_map(|place| {
        let image = place.container.image.as_deref()?;
        is_dashboard(Image::parse(image))
            .then(|| Evidence::in_container(&place, "image", image.to_owned(), "absent"))
    });
    let label = "metadata/labels/k8s-app";
    let own = labelled(&workload.labels, || format!("/{label}"));
    let pods = || {
        let path = || format!("{}/{label}", workload.template_path());
        labelled(&workload.template.metadata.labels, path)
    };
    Verdict::unless_empty(images.chain(own.or_else(pods)).collect(), |_| {
        "pods run the Kubernetes Dashboard".to_owned()
    })
}

/// Old releases name the architecture, new ones the part: `kubernetes-dashboard-amd64`,
/// `dashboard-web`.
fn is_dashboard(image: Image<'_>) -> bool {
    let is_of_project = image.repository.split('/').any(|segment| segment == "kubernetesui");
    image.name().starts_with("kubernetes-dashboard")
        || (is_of_project && image.name().starts_with("dashboard"))
}

fn labelled(labels: &Labels, path: impl FnOnce() -> String) -> Option<Evidence> {
    let is_dashboard = labels.value("k8s-app") == Some("kubernetes-dashboard");
    is_dashboard.then(|| Evidence::at(path(), "kubernetes-dashboard", "absent"))
}
