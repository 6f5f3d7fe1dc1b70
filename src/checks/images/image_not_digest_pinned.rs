use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Image, Workload},
};

/// Which images need no digest.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Registries and repositories that are exempt, compared on `/` boundaries, for example
    /// `registry.example.com/team`.
    exempt: Vec<String>,
}

check! {
    /// Images are pinned by their digest.
    ///
    /// ## Why
    ///
    /// A tag can be moved to other content, by mistake or by an intruder, and each node then runs
    /// what it pulled last. A digest is the content.
    ///
    /// ## Fix
    ///
    /// Name the digest; the tag may stay for people to read:
    ///
    /// ```yaml
    /// image: nginx:1.29@sha256:353c20f74d9b6aee359f30e8e4f69c3d7eaea2f610681c4a95849a2fd7c497f9
    /// ```
    ///
    /// Found are images without a digest, or with one that is not whole: `sha256` has 64 digits,
    /// `sha512` 128, in lower case. Repositories at or below the parameter `exempt` pass.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/containers/images/>
    /// - Kubescape C-0306, Checkov `CKV_K8S_43`, Gatekeeper `imagedigests`
    "image-not-digest-pinned", Images, Low, Core, Workload(run),
    parameters: Parameters,
    remediation: "add the image's digest: `name:tag@sha256:…`",
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { exempt } = context.parameters();
    let evidence = workload.all_containers().filter_map(|place| {
        let name = place.container.image.as_deref().filter(|image| !image.is_empty())?;
        let image = Image::parse(name);
        let passes = image.is_pinned() || exempt.iter().any(|prefix| image.is_below(prefix));
        (!passes).then(|| Evidence::in_container(&place, "image", name.to_owned(), "a digest"))
    });
    Verdict::of_containers(
        evidence,
        "uses an image that is not pinned by its digest",
        "use images that are not pinned by their digest",
    )
}
