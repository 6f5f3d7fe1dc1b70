use crate::{
    checks::{Context, Evidence, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
};

check! {
    /// Objects have a name.
    ///
    /// ## Why
    ///
    /// The API server takes no object without `metadata.name` or `metadata.generateName`.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// metadata:
    ///   name: web
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/>
    "resource-name-missing", Metadata, High, Standard, Object(Kind::ANY, run),
    remediation: "set `metadata.name`",
}

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    if !object.meta.name.is_empty() {
        return Verdict::Pass;
    }
    Verdict::fail("object has no name", [Evidence::at("/metadata/name", "absent", "a name")])
}
