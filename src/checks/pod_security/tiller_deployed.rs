use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Body, Image, Kind, Labels, Object as ClusterObject, Workload},
};

check! {
    /// Tiller, the server of Helm 2, is not deployed.
    ///
    /// ## Why
    ///
    /// Tiller mostly runs as `cluster-admin`, and takes orders from every pod that reaches its port.
    /// Helm 2 has had no security fixes since November 2020.
    ///
    /// ## Fix
    ///
    /// Migrate to Helm 3, which has no server, and delete what is left:
    ///
    /// ```yaml
    /// # kubectl --namespace kube-system delete deployment,service --selector app=helm,name=tiller
    /// metadata:
    ///   labels: {app: helm, name: tiller}
    /// ```
    ///
    /// Found are containers whose image is called so, and workloads and Services with the labels
    /// `app: helm` and `name: tiller`, on the object, on its pods, or in the selector of the Service.
    ///
    /// ## References
    ///
    /// - <https://helm.sh/docs/topics/v2_v3_migration/>
    /// - Trivy KSV-0102, Checkov `CKV_K8S_34` and `CKV_K8S_44`, Kyverno `disallow-helm-tiller`
    "tiller-deployed", PodSecurity, High, Core, Object(Kind::WORKLOADS_AND_SERVICES, run),
    remediation: "migrate to Helm 3 and delete Tiller",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let own = labelled(&object.meta.labels, || "/metadata/labels/name".to_owned());
    match &object.body {
        Body::Workload(workload) => {
            let template = &workload.template.metadata.labels;
            let of_pods =
                labelled(template, || format!("{}/metadata/labels/name", workload.template_path()));
            let evidence = images(workload).chain(own.or(of_pods)).collect();
            Verdict::unless_empty(evidence, |_| "pods run Tiller".to_owned())
        }
        Body::Service(service) => {
            let selected = labelled(&service.selector, || "/spec/selector/name".to_owned());
            let evidence = own.or(selected).into_iter().collect();
            Verdict::unless_empty(evidence, |_| "the Service is that of Tiller".to_owned())
        }
        _ => Verdict::NotApplicable,
    }
}

fn images(workload: &Workload) -> impl Iterator<Item = Evidence> {
    workload.all_containers().filter_map(|place| {
        let image = place.container.image.as_deref()?;
        let is_tiller = Image::parse(image).name().contains("tiller");
        is_tiller.then(|| Evidence::in_container(&place, "image", image.to_owned(), "absent"))
    })
}

fn labelled(labels: &Labels, path: impl FnOnce() -> String) -> Option<Evidence> {
    let is_tiller = labels.value("app") == Some("helm") && labels.value("name") == Some("tiller");
    is_tiller.then(|| Evidence::at(path(), "tiller", "absent"))
}
