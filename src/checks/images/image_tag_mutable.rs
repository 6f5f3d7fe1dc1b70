use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Image, Workload},
};

/// Which tags are taken for mutable.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameters {
    /// Tags that may mean another image tomorrow; an image without tag always may.
    mutable: Vec<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { mutable: vec!["latest".to_owned()] }
    }
}

check! {
    /// Images have a fixed version.
    ///
    /// ## Why
    ///
    /// Without a tag, or with `latest`, two nodes may run two different images of the same
    /// workload, a restart may bring a version that nobody tested, and a rollback goes nowhere.
    ///
    /// ## Fix
    ///
    /// Name a version, or better the digest:
    ///
    /// ```yaml
    /// containers:
    ///   - name: app
    ///     image: registry.example.com/shop/app:1.4.2
    /// ```
    ///
    /// A digest is enough, whatever the tag beside it says. The port of a registry
    /// (`registry:5000/app`) is no tag.
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/containers/images/#image-names>
    /// - Polaris `tagNotSpecified`
    "image-tag-mutable", Images, High, Core, Workload(run),
    parameters: Parameters,
    remediation: "name a version tag or a digest",
    rule: Rule::containers("container.?image.orValue('') != '' && !container.image.contains('@') && \
        [container.image.substring(container.image.lastIndexOf('/') + 1)].exists(image, \
        !image.contains(':') || image.substring(image.indexOf(':') + 1) in \
        variables.params.mutable + [''])")
        .with(|context| {
            let Parameters { mutable } = context.parameters();
            serde_json::json!({ "mutable": mutable })
        }),
}

fn run(workload: &Workload, context: &Context<'_>) -> Verdict {
    let Parameters { mutable } = context.parameters();
    let evidence = workload.all_containers().filter_map(|place| {
        let name = place.container.image.as_deref().filter(|image| !image.is_empty())?;
        let image = Image::parse(name);
        let has_version = image.tag.is_some_and(|tag| mutable.iter().all(|known| known != tag));
        (!has_version && image.digest.is_none()).then(|| {
            Evidence::in_container(&place, "image", name.to_owned(), "version tag or digest")
        })
    });
    Verdict::of_containers(
        evidence,
        "uses an image without a fixed version",
        "use images without a fixed version",
    )
}
