use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Image, Workload},
};

/// Where images may not come from.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Registries and repositories, compared on `/` boundaries, for example `docker.io` or
    /// `quay.io/old-team`; without one no image is judged.
    blocked: Vec<String>,
}

check! {
    /// Images do not come from a blocked registry.
    ///
    /// ## Why
    ///
    /// Some registries let anybody publish, limit how often one may pull, or have been broken into.
    /// What runs in a cluster should not depend on them.
    ///
    /// ## Fix
    ///
    /// Mirror the image and name the mirror; the policy says what is blocked:
    ///
    /// ```yaml
    /// settings:
    ///   - check: image-registry-blocked
    ///     parameters:
    ///       blocked: [docker.io, quay.io/old-team]
    /// ```
    ///
    /// Names are compared in full: `nginx` is `docker.io/library/nginx`, and an entry `docker.io/lib`
    /// does not block it. Where only few registries are good, `image-registry-not-allowed` is safer.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/containers/images/>
    /// - Kubescape C-0001, Gatekeeper `disallowedrepos`
    "image-registry-blocked", Images, Medium, Standard, Workload(run),
    parameters: Parameters,
    remediation: "use an image from another registry, or mirror it",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { blocked } = context.parameters();
    if blocked.is_empty() {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let name = place.container.image.as_deref().filter(|image| !image.is_empty())?;
        let image = Image::parse(name);
        let is_blocked = blocked.iter().any(|prefix| image.is_below(prefix));
        is_blocked
            .then(|| Evidence::in_container(&place, "image", name.to_owned(), "another registry"))
    });
    Verdict::of_containers(
        evidence,
        "uses an image from a blocked registry",
        "use images from blocked registries",
    )
}
