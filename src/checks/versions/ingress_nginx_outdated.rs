use crate::{
    api::Severity,
    checks::{Context, Evidence, Verdict, check::check},
    model::{Advisory, Image, Workload, parse_version},
};

/// The images of the project; mirrors that keep the path are known by it.
const REPOSITORIES: [&str; 3] = [
    "ingress-nginx/controller",
    "ingress-nginx/controller-chroot",
    "kubernetes-ingress-controller/nginx-ingress-controller",
];

/// The last vulnerabilities that were mended, the worst first.
const ADVISORIES: [Advisory; 2] = [
    // Whoever reaches the controller takes over the cluster.
    Advisory { id: "CVE-2025-1974", since: [0, 0, 0], fixed: &[[1, 11, 5], [1, 12, 1]] },
    // Whoever may write an Ingress reads every Secret.
    Advisory {
        id: "CVE-2026-4342",
        since: [0, 0, 0],
        fixed: &[[1, 13, 9], [1, 14, 5], [1, 15, 1]],
    },
];

check! {
    /// The retired ingress-nginx controller is replaced.
    ///
    /// ## Why
    ///
    /// The Kubernetes project retired ingress-nginx in March 2026: no vulnerability that is found in
    /// it will be fixed. It faces the internet, and by default it may read every Secret of the
    /// cluster.
    ///
    /// ## Fix
    ///
    /// Move to an implementation of the Gateway API, or to another Ingress controller that is
    /// maintained:
    ///
    /// ```yaml
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: HTTPRoute
    /// metadata: {name: web, namespace: shop}
    /// spec:
    ///   parentRefs: [{name: public, namespace: gateways}]
    ///   hostnames: [shop.example.com]
    ///   rules: [{backendRefs: [{name: web, port: 80}]}]
    /// ```
    ///
    /// Found is every container of its controller image, by the path in the registry
    /// (`ingress-nginx/controller`). Versions before 1.13.9, 1.14.5 and 1.15.1 have
    /// `CVE-2026-4342`; versions before 1.11.5 and 1.12.1 have `CVE-2025-1974`, with which anybody
    /// in the pod network takes over the cluster, and are critical. The controller of F5
    /// (`nginx/nginx-ingress`) is another project.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/>
    /// - <https://github.com/kubernetes/kubernetes/issues/137893>, CVE-2026-4342
    /// - <https://kubernetes.io/blog/2025/03/24/ingress-nginx-cve-2025-1974/>
    /// - Kubescape C-0292, Kyverno `check-ingress-nginx-controller-version`
    "ingress-nginx-outdated", Versions, High, Core, Workload(run),
    remediation: "move to the Gateway API or to an ingress controller that is maintained",
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let mut worst = ADVISORIES.len();
    let mut evidence = Vec::new();
    for place in workload.all_containers() {
        let Some(name) = place.container.image.as_deref() else { continue };
        let image = Image::parse(name);
        if !REPOSITORIES.iter().any(|repository| image.is_or_mirrors(repository)) {
            continue;
        }
        if let Some(version) = image.tag.and_then(parse_version) {
            let has = |advisory: &Advisory| advisory.fix_of(version).is_some();
            worst = worst.min(ADVISORIES.iter().position(has).unwrap_or(worst));
        }
        let wanted = "maintained ingress controller";
        evidence.push(Evidence::in_container(&place, "image", name.to_owned(), wanted));
    }
    if evidence.is_empty() {
        return Verdict::Pass;
    }
    let state = match ADVISORIES.get(worst) {
        Some(advisory) => format!("ingress-nginx, which is retired and has `{}`", advisory.id),
        None => "ingress-nginx, which is retired".to_owned(),
    };
    let verdict =
        Verdict::of_containers(evidence, &format!("runs {state}"), &format!("run {state}"));
    if worst == 0 { verdict.at_severity(Severity::Critical) } else { verdict }
}
