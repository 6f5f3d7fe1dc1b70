use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Image, Workload},
};

/// Where images may come from.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Registries, or paths in them, that are allowed, for example `registry.example.com/team`;
    /// compared on `/` boundaries. Without an entry nothing is judged.
    allowed: Vec<String>,
}

check! {
    /// Images come from allowed registries.
    ///
    /// ## Why
    ///
    /// An image from an unknown registry is code that nobody of yours has looked at, and that its
    /// owner can change or take away.
    ///
    /// ## Fix
    ///
    /// Mirror the image into an allowed registry, or allow the registry in the policy:
    ///
    /// ```yaml
    /// settings:
    ///   - check: image-registry-not-allowed
    ///     parameters: {allowed: ["registry.example.com/", "docker.io/library/"]}
    /// ```
    ///
    /// Names are compared in full (`nginx` is `docker.io/library/nginx`) and on `/` boundaries, so
    /// that `registry.example.com.evil.io` does not pass for `registry.example.com`.
    ///
    /// ## References
    ///
    /// - K8Guard `IMAGE_REPO`
    /// - NSA/CISA Kubernetes Hardening Guide, use trusted registries
    "image-registry-not-allowed", Images, Medium, Core, Workload(run),
    parameters: Parameters,
    remediation: "use an image from an allowed registry, or mirror it there",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let allowed = &context.parameters::<Parameters>().allowed;
    if allowed.is_empty() {
        return Verdict::NotApplicable;
    }
    let evidence = workload.all_containers().filter_map(|place| {
        let name = place.container.image.as_deref().filter(|image| !image.is_empty())?;
        let image = Image::parse(name);
        let known = allowed.iter().any(|prefix| image.is_below(prefix));
        (!known)
            .then(|| Evidence::in_container(&place, "image", name.to_owned(), "allowed registry"))
    });
    Verdict::of_containers(
        evidence,
        "uses an image from a registry that is not allowed",
        "use images from registries that are not allowed",
    )
}
