use std::fmt::Write;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{ApiLifecycle, Kind, Object},
};

check! {
    /// Manifests use APIs that are there to stay.
    ///
    /// ## Why
    ///
    /// A deprecated API version is gone some releases later, and an upgrade of the cluster has to
    /// wait for every manifest that still uses it.
    ///
    /// ## Fix
    ///
    /// Move to the API version that replaces it while both are served:
    ///
    /// ```yaml
    /// apiVersion: resource.k8s.io/v1   # was resource.k8s.io/v1beta1
    /// kind: ResourceClaimTemplate
    /// ```
    ///
    /// Found are objects of a built-in kind that are written in an API version which the target
    /// version of Kubernetes warns of and still serves. Who writes an object of a cluster in which
    /// version is read from the last `kubectl apply` and from its field managers, as by
    /// `api-version-removed`. Endpoints that the cluster makes for itself do not count.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/reference/using-api/deprecation-policy/>
    /// - Pluto `deprecated`, kube-no-trouble, kube-score `stable-version`, Trivy KSV-0107
    "api-version-deprecated", Versions, Low, Core, Object(Kind::ANY, run),
    remediation: "move to the API version that replaces it before it is removed",
}

fn run(object: &Object, context: &Context<'_>) -> Verdict {
    let minor = context.kubernetes_minor;
    if ApiLifecycle::find(&object.api_version, &object.kind_name).is_none()
        || is_made_by_the_cluster(object)
    {
        return Verdict::NotApplicable;
    }
    let (mut message, mut evidence) = (None, Vec::new());
    for written in object.written_versions() {
        let life = ApiLifecycle::find(written.api_version, written.kind);
        let deprecated = life.and_then(|life| Some((life, life.deprecated_at(minor)?)));
        let Some((life, since)) = deprecated else { continue };
        message.get_or_insert_with(|| {
            let mut text = format!("{written}, deprecated since Kubernetes 1.{since}");
            if let Some(removed) = life.removed {
                let _ = write!(text, " and removed in 1.{removed}");
            }
            text
        });
        let found = written.api_version.to_owned();
        evidence.push(Evidence::at(written.path(), found, life.successor_at(minor)));
    }
    Verdict::unless_empty(evidence, |_| message.unwrap_or_default())
}

/// The Endpoints of Services with a selector, and of the API server.
fn is_made_by_the_cluster(object: &Object) -> bool {
    let is_mark = |key: &str| {
        key.starts_with("endpoints.kubernetes.io/")
            || key.starts_with("endpointslice.kubernetes.io/")
    };
    object.kind_name == "Endpoints"
        && object
            .meta
            .labels
            .iter()
            .chain(object.meta.annotations.iter())
            .any(|(key, _)| is_mark(key))
}
