use crate::{
    checks::{Context, Evidence, Rule, Verdict, check::check},
    model::{Kind, Object as ClusterObject},
};

check! {
    /// The label `app.kubernetes.io/instance` is the object's name.
    ///
    /// ## Why
    ///
    /// Where a team agrees that an instance is called as its workload is, dashboards and alerts find
    /// one by the other. Helm sets the label to the name of the release, so most charts do not: the
    /// check is off unless you include it.
    ///
    /// ## Fix
    ///
    /// ```yaml
    /// metadata:
    ///   name: web
    ///   labels: {app.kubernetes.io/instance: web}
    /// ```
    ///
    /// ## References
    ///
    /// - <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>
    /// - Polaris `metadataAndInstanceMismatched`
    "instance-label-mismatch", Metadata, Info, Optional, Object(Kind::WORKLOADS, run),
    remediation: "set the label `app.kubernetes.io/instance` to the object's name",
    rule: Rule::object("object.metadata.?labels[?'app.kubernetes.io/instance'].orValue('') != \
        object.metadata.name"),
}

const KEY: &str = "app.kubernetes.io/instance";

fn run(object: &ClusterObject, _: &Context<'_>) -> Verdict {
    let name = object.meta.name.as_str();
    let (found, message) = match object.meta.labels.value(KEY) {
        Some(value) if value == name => return Verdict::Pass,
        Some(value) => (value.to_owned(), format!("label `{KEY}` is not the object's name")),
        None => ("absent".to_owned(), format!("label `{KEY}` is absent")),
    };
    let path = "/metadata/labels/app.kubernetes.io~1instance";
    Verdict::fail(message, [Evidence::at(path, found, name.to_owned())])
}
