use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Image, Workload},
};

/// Which registries are given up.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Registries and repositories, compared on `/` boundaries.
    deprecated: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { deprecated: ["k8s.gcr.io", "docker.pkg.github.com"].map(str::to_owned).into() }
    }
}

check! {
    /// Images come from a registry that is still kept up.
    ///
    /// ## Why
    ///
    /// `k8s.gcr.io` has been frozen since April 2023: it gets no new versions and no fixes.
    /// `docker.pkg.github.com` has moved too. Some day a node finds nothing to pull.
    ///
    /// ## Fix
    ///
    /// Name the successor:
    ///
    /// ```yaml
    /// image: registry.k8s.io/pause:3.10     # was k8s.gcr.io/pause:3.10
    /// ```
    ///
    /// That of `docker.pkg.github.com` is `ghcr.io`. The parameter `deprecated` replaces the list.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement/>
    /// - Kubescape C-0253, Kyverno `restrict-deprecated-registry`
    "image-registry-deprecated", Images, Medium, Standard, Workload(run),
    parameters: Parameters,
    remediation: "use the successor, for example `registry.k8s.io` or `ghcr.io`",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { deprecated } = context.parameters();
    let evidence = workload.all_containers().filter_map(|place| {
        let name = place.container.image.as_deref()?;
        let image = Image::parse(name);
        let is_deprecated = deprecated.iter().any(|prefix| image.is_below(prefix));
        is_deprecated
            .then(|| Evidence::in_container(&place, "image", name.to_owned(), "its successor"))
    });
    Verdict::of_containers(
        evidence,
        "uses an image from a deprecated registry",
        "use images from deprecated registries",
    )
}
