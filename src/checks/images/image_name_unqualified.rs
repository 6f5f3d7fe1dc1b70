use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Image, Workload},
};

check! {
    /// Images are named with their registry.
    ///
    /// ## Why
    ///
    /// What a short name means is up to the runtime of each node: mostly Docker Hub, but a node may
    /// be told to look elsewhere first, and then another image of that name runs.
    ///
    /// ## Fix
    ///
    /// Write the name in full:
    ///
    /// ```yaml
    /// image: docker.io/library/nginx:1.29
    /// ```
    ///
    /// Found are images whose first part is no host: it has neither a dot nor a port, and is not
    /// `localhost`.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/containers/images/#image-names>
    /// - clusterlint `fully-qualified-image`
    "image-name-unqualified", Images, Low, Standard, Workload(run),
    remediation: "write the registry before the name, for example `docker.io/library/`",
    rule: Rule::containers("container.?image.orValue('') != '' && \
        !container.image.matches('^([^/@]*[.:A-Z][^/@]*|localhost)/')"),
}

fn run(workload: &Workload, _: &Context<'_>) -> Verdict {
    let evidence = workload.all_containers().filter_map(|place| {
        let name = place.container.image.as_deref().filter(|image| !image.is_empty())?;
        let is_short = Image::parse(name).registry.is_none();
        is_short.then(|| Evidence::in_container(&place, "image", name.to_owned(), "a full name"))
    });
    Verdict::of_containers(
        evidence,
        "uses an image without a registry in its name",
        "use images without a registry in their names",
    )
}
